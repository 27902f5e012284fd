import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import { isReservedSecret } from '../plugins/secret-store/reserved-secrets.ts';
import type { SecretEntry } from '../plugins/secret-store/secret-store.ts';
import { describeSecretEvent } from './record-secret.ts';
import { type SecretView, viewSecret } from './secret-view.ts';

const hourMilliseconds = 3_600_000;
const dayMilliseconds = 86_400_000;
const pauseAfterFailureMilliseconds = 300_000;
const system: Actor = { kind: 'system', part: 'secret ages' };

/** Tells people, once at each step, of secrets that grow too old. Returns when to look again, in epoch milliseconds. */
export async function watchAges(context: Context): Promise<number> {
  const { platform, secrets, log } = context;
  try {
    for (const entry of await secrets.list()) {
      if (isReservedSecret(entry.name) || entry.kind === 'leased') continue;
      await noteValue(context, entry);
      const view = viewSecret(context, entry);
      if (view.state === 'due' || view.state === 'too_old') await warnOnce(context, view);
    }
    return platform.now() + hourMilliseconds;
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    log.warn({ code: thrown.code, detail: thrown.detail }, 'the ages of secrets could not be looked at');
    return platform.now() + pauseAfterFailureMilliseconds;
  }
}

/** Where the store tells no time, reading the value is what notices that it changed. */
async function noteValue({ secrets }: Context, { name, changedAt }: SecretEntry): Promise<void> {
  if (changedAt !== null) return;
  await secrets.get(name).catch((thrown: unknown) => {
    if (!(thrown instanceof AppError && thrown.code === 'secret.too_old')) throw thrown;
  });
}

async function warnOnce(context: Context, view: SecretView): Promise<void> {
  const { platform, store, log } = context;
  const { name, since, maxAgeDays, state } = view;
  const now = platform.now();
  const known = await store.sql
    .selectFrom('secret_ages')
    .select(['since', 'warned_at'])
    .where('name', '=', name)
    .executeTakeFirst();
  const from = since ?? now;
  const warnedAt = known?.since === from ? known.warned_at : null;
  const tooOldAt = from + (maxAgeDays ?? 0) * dayMilliseconds;
  // Twice in the life of a value: when it comes due, and when it is past its limit.
  if (warnedAt !== null && (state === 'due' || warnedAt >= tooOldAt)) return;
  log.warn({ secret: name, state, maxAgeDays }, 'a secret grows too old');
  const ageDays = Math.floor((now - from) / dayMilliseconds);
  await store.transaction(async (tx) => {
    await tx.sql
      .insertInto('secret_ages')
      .values({ name, fingerprint: '', since: from, warned_at: now })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ since: from, warned_at: now }))
      .execute();
    tx.record(describeSecretEvent(context, 'secret.aging', system, { name, state, ageDays, maxAgeDays }));
  });
}
