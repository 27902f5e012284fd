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
  /** Takes what another gateway has written since. Throws `secret.unavailable`; then what was held stays. */
  refresh(): Promise<void>;
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
  const catchUp = async (): Promise<void> => {
    const written = await readSecretsFile(path, key);
    if (written.generation <= generation) return;
    secrets = new Map(written.secrets.map((secret) => [secret.name, secret]));
    generation = written.generation;
    isRolledBack = generation < generations.seen;
    if (!isRolledBack) generations.save(generation);
  };
  const alone: NonNullable<GenerationMemory['alone']> = async (work) => {
    if (generations.alone === undefined) return work();
    return generations.alone(async () => {
      await catchUp();
      return work();
    });
  };
  const write = (edit: (next: Secrets) => unknown): Promise<void> => {
    const change = async (): Promise<void> => {
      const next = new Map(secrets);
      edit(next);
      const to = Math.max(generation, generations.seen) + 1;
      await writeSecretsFile(path, key, { generation: to, secrets: [...next.values()] });
      secrets = next;
      generation = to;
      generations.save(to);
    };
    const turn = last.then(() => alone(change));
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
    async refresh() {
      const turn = last.then(catchUp);
      last = turn.catch(() => {});
      await turn;
    },
    async settle() {
      await last;
      await generations.settle();
    },
  };
}
