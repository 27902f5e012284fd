import { AsyncLocalStorage } from 'node:async_hooks';
import type { Logger } from 'pino';
import { inTurn } from '../jobs/index.ts';
import type { Store } from '../plugins/database/database.ts';
import type { GenerationMemory } from '../plugins/secret-store/generation-memory.ts';

/**
 * Keeps how far the file of a secret store has come in the database, which is backed up and restored apart from it. A
 * crash between file and database leaves the file ahead, which is never refused.
 */
export async function keepGeneration(store: Store, name: string, log: Logger): Promise<GenerationMemory> {
  const row = await store.sql
    .selectFrom('secret_generations')
    .select('generation')
    .where('store', '=', name)
    .executeTakeFirst();
  let seen = row?.generation ?? 0;
  let last: Promise<unknown> = Promise.resolve();
  // A secret is stored inside a transaction, but its file is not rolled back with it: the number must not be either.
  const outside = AsyncLocalStorage.snapshot();
  return {
    get seen() {
      return seen;
    },
    save(generation) {
      if (generation <= seen) return;
      seen = generation;
      last = outside(() => write(store, name, generation)).catch((err: unknown) =>
        log.error({ err, store: name }, 'the generation of a secret store could not be kept'),
      );
    },
    settle: async () => {
      await last;
    },
    ...(store.seat.isShared && { alone: (work) => inTurn(store, 'secrets', work) }),
  };
}

async function write(store: Store, name: string, generation: number): Promise<void> {
  await store.sql
    .insertInto('secret_generations')
    .values({ store: name, generation })
    .onConflict((conflict) =>
      conflict
        .column('store')
        .doUpdateSet({ generation })
        .where('secret_generations.generation', '<', generation),
    )
    .execute();
}
