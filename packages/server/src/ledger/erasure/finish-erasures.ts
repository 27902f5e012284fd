import type { Selectable } from 'kysely';
import type { Context } from '../../context.ts';
import { inTurn } from '../../jobs/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { blankCopies, tablesWithCopies } from './blank-copies.ts';
import { erasureWork, namesOf } from './erasure-work.ts';
import { forgetTerms } from './forget-terms.ts';
import { noteErasures, waitForOthers } from './known-erasures.ts';

const seqsAtOnce = 500;

/** One after the other, also of all gateways: each numbers the keys that are left. */
const running = new WeakMap<object, Promise<void>>();

/**
 * Finishes every erasure and retirement that was begun, also before a crash, or by a gateway that is gone. Throws
 * `ledger.unavailable` while another gateway does not say that it has forgotten the keys; whoever comes next goes on.
 */
export async function finishErasures({ store }: Pick<Context, 'store'>): Promise<void> {
  const before = running.get(store);
  const turn = (before ?? Promise.resolve()).catch(() => {}).then(() => finishInTurn(store));
  running.set(store, turn);
  await turn;
}

async function finishInTurn(store: Context['store']): Promise<void> {
  const open = store.sql.selectFrom('ledger_erasures').select('number').where('state', '<>', 'done');
  if ((await open.limit(1).executeTakeFirst()) === undefined) return;
  await inTurn(store, 'erasures', () => finishAll(store));
}

async function finishAll(store: Context['store']): Promise<void> {
  const rows = await store.sql
    .selectFrom('ledger_erasures')
    .selectAll()
    .where('state', '<>', 'done')
    .orderBy('number')
    .execute();
  for (const row of rows) await finishOne(store, row);
}

/** The order matters: the terms can be read only as long as the keys are there, and after the keys nothing opens any more. */
async function finishOne(
  store: Context['store'],
  { number, state, work: text }: Selectable<Schema['ledger_erasures']>,
): Promise<void> {
  const work = erasureWork.parse(JSON.parse(text));
  if (state === 'begun') {
    // Before the keys: where they are gone, it is known what else has to be.
    await store.keyring.journal.keep({ number, work: JSON.stringify(namesOf(work)) });
    await forgetTerms(store, work.seqs);
    const ranges = work.ranges.map(([retentionClass, from, to]) => ({ retentionClass, from, to }));
    await store.destroyKeys(ranges, Math.max(number, store.keyring.erasures));
    await store.sql
      .updateTable('ledger_erasures')
      .set({ state: 'punctured' })
      .where('number', '=', number)
      .execute();
  }
  for (let from = 0; from < work.seqs.length; from += seqsAtOnce)
    await store.sql
      .deleteFrom('ledger_payloads')
      .where('seq', 'in', work.seqs.slice(from, from + seqsAtOnce))
      .execute();
  await blankCopies(store, work);
  await store.scrub(tablesWithCopies);
  await store.reloadKeys();
  await noteErasures(store);
  await waitForOthers(store, number);
  await store.sql
    .updateTable('ledger_erasures')
    .set({ state: 'done', work: '{}' })
    .where('number', '=', number)
    .execute();
}
