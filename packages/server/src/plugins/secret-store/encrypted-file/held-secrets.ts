import { AppError } from '@countersign/api';
import type { MasterKey } from '../../../platform/master-key.ts';
import type { GenerationMemory } from '../generation-memory.ts';
import { readSecretsFile, type SealedSecret, writeSecretsFile } from './secrets-file.ts';

type Secrets = Map<string, SealedSecret>;

/** What the secrets file holds, in memory. All but `trust` and `settle` throw `secret.store_rolled_back` for an older one. */
export interface HeldSecrets {
  read(): ReadonlyMap<string, SealedSecret>;
  /** Changes take turns; what is in memory is what is on disk, or the change never happened. */
  change(edit: (next: Secrets) => unknown): Promise<void>;
  trust(): Promise<void>;
  /** Waits for the changes that were begun. */
  settle(): Promise<void>;
}

const forgetful: GenerationMemory = { seen: 0, save() {}, settle: async () => {} };

/** Throws `secret.unavailable` when the file cannot be read, was changed or is sealed with another key. */
export async function openHeldSecrets(options: {
  readonly path: string;
  readonly key: MasterKey;
  readonly generations?: GenerationMemory;
}): Promise<HeldSecrets> {
  const { path, key, generations = forgetful } = options;
  const read = await readSecretsFile(path, key);
  let secrets: Secrets = new Map(read.secrets.map((secret) => [secret.name, secret]));
  let generation = read.generation;
  let isRolledBack = generation < generations.seen;
  if (generation > generations.seen) generations.save(generation);
  let last: Promise<unknown> = Promise.resolve();

  const requireTrusted = (): void => {
    if (isRolledBack) throw new AppError('secret.store_rolled_back');
  };
  const write = (edit: (next: Secrets) => unknown): Promise<void> => {
    const turn = last.then(async () => {
      const next = new Map(secrets);
      edit(next);
      const to = Math.max(generation, generations.seen) + 1;
      await writeSecretsFile(path, key, { generation: to, secrets: [...next.values()] });
      secrets = next;
      generation = to;
      generations.save(to);
    });
    last = turn.catch(() => {});
    return turn;
  };
  return {
    read() {
      requireTrusted();
      return secrets;
    },
    async change(edit) {
      requireTrusted();
      await write(edit);
    },
    async trust() {
      if (!isRolledBack) return;
      await write(() => {});
      isRolledBack = false;
    },
    async settle() {
      await last;
      await generations.settle();
    },
  };
}
