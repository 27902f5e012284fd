import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError } from '@countersign/api';
import type { Logger } from 'pino';
import type { Config } from '../config/index.ts';
import type { MasterKey } from '../platform/master-key.ts';
import type { Platform } from '../platform/platform.ts';
import { sha256 } from '../platform/sha256.ts';
import type { Store } from '../plugins/database/database.ts';
import { isReservedSecret } from '../plugins/secret-store/reserved-secrets.ts';
import { parseSecretName } from '../plugins/secret-store/secret-name.ts';
import type { AgeState, SecretAges } from './secret-ages.ts';

export interface SecretAgesParts {
  readonly config: Pick<Config, 'secrets'>;
  readonly store: Store;
  readonly platform: Platform;
  readonly masterKey: MasterKey;
  readonly log: Logger;
}

interface Known {
  readonly digest: string;
  readonly since: number;
}

const dayMilliseconds = 86_400_000;
/** From this part of the limit on people are told. */
const warnedFrom = 0.8;
const mostKnown = 10_000;

/** Where a store tells no time, a value is as old as it has been seen here, also across restarts. */
export async function createSecretAges(parts: SecretAgesParts): Promise<SecretAges> {
  const { config, platform, log } = parts;
  const { store: standard, maxAgeDays, whenTooOld } = config.secrets;
  const limits = new Map(
    Object.entries(config.secrets.ages).map(([name, days]) => [nameOf(name, standard), days]),
  );
  const known = await loadKnown(parts);
  const outside = AsyncLocalStorage.snapshot();
  let last: Promise<unknown> = Promise.resolve();

  const limitOf = (name: string, furtherDays: number | undefined): number | null => {
    const days = [limits.get(name) ?? maxAgeDays, furtherDays].filter((one) => one !== undefined);
    return isReservedSecret(name) || days.length === 0 ? null : Math.min(...days);
  };
  const sinceOf = (name: string, changedAt: number | null): number | null =>
    changedAt ?? known.get(name)?.since ?? null;
  const note = (name: string, value: string): void => {
    const digest = sha256(value);
    const before = known.get(name);
    if (before?.digest === digest || known.size >= mostKnown) return;
    const now = { digest, since: platform.now() };
    known.set(name, now);
    last = outside(() => keep(parts, name, now)).catch((err: unknown) =>
      log.error({ err, secret: name }, 'the age of a secret could not be kept'),
    );
  };
  return {
    describe({ name: reference, changedAt, kind }, furtherDays) {
      const name = nameOf(reference, standard);
      const since = kind === 'leased' ? platform.now() : sinceOf(name, changedAt);
      const days = kind === 'leased' ? null : limitOf(name, furtherDays);
      return {
        since: kind === 'leased' ? null : since,
        maxAgeDays: days,
        state: judge(since, days, platform.now()),
      };
    },
    check(reference, { value, changedAt }, furtherDays) {
      const name = nameOf(reference, standard);
      // A field has its secret's age: one digest for each name, of the first field that is read.
      if (changedAt === null && !reference.includes('#')) note(name, value);
      const days = limitOf(name, furtherDays);
      if (judge(sinceOf(name, changedAt), days, platform.now()) !== 'too_old' || whenTooOld === 'warn')
        return;
      throw new AppError('secret.too_old', { detail: `${name} may be ${days} days old` });
    },
    async refresh() {
      await last;
      for (const [name, seen] of await loadKnown(parts)) known.set(name, seen);
    },
    settle: async () => {
      await last;
    },
  };
}

/** Without field, and without the name of the default store. */
function nameOf(reference: string, standard: string): string {
  const parsed = parseSecretName(reference);
  if (parsed === undefined) return reference;
  const isStandard = parsed.store === undefined || parsed.store === standard;
  return isStandard ? parsed.name : `${parsed.store}:${parsed.name}`;
}

/** What nobody knows the age of counts as past any limit: it could be of any age. */
function judge(since: number | null, days: number | null, now: number): AgeState {
  if (days === null) return 'unlimited';
  if (since === null) return 'too_old';
  const part = (now - since) / (days * dayMilliseconds);
  return part >= 1 ? 'too_old' : part >= warnedFrom ? 'due' : 'fresh';
}

async function loadKnown({ store, masterKey }: SecretAgesParts): Promise<Map<string, Known>> {
  const rows = await store.sql.selectFrom('secret_ages').select(['name', 'fingerprint', 'since']).execute();
  const known = new Map<string, Known>();
  for (const { name, fingerprint, since } of rows) {
    const digest = openFingerprint(masterKey, name, fingerprint);
    if (digest !== undefined) known.set(name, { digest, since });
  }
  return known;
}

async function keep(
  { store, masterKey }: SecretAgesParts,
  name: string,
  { digest, since }: Known,
): Promise<void> {
  const row = { fingerprint: masterKey.seal(digest, purposeOf(name)), since, warned_at: null };
  await store.sql
    .insertInto('secret_ages')
    .values({ name, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
}

function openFingerprint(masterKey: MasterKey, name: string, sealed: string): string | undefined {
  try {
    return masterKey.open(sealed, purposeOf(name));
  } catch {
    return undefined;
  }
}

function purposeOf(name: string): string {
  return `countersign/secret-age/v1 ${name}`;
}
