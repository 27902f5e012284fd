import type { Context } from '../../context.ts';
import { blankCopies } from './blank-copies.ts';
import { type ErasureWork, erasureWork, namesOf } from './erasure-work.ts';
import { forgetGone, type GoneRecord } from './forget-gone.ts';

const seqsAtOnce = 2_000;

/**
 * Applies to a database that was put back every erasure and retirement that it does not know of, and that the keys do: what
 * they had blanked is blanked again, and what nobody can open any more goes. Called before anything is served, and before
 * `finishErasures`, which ends it. Does nothing when the database knows them all.
 */
export async function repeatErasures({
  store,
  platform,
}: Pick<Context, 'store' | 'platform'>): Promise<void> {
  const newest = await store.sql
    .selectFrom('ledger_erasures')
    .select('number')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  const [from, to] = [newest?.number ?? 0, store.keyring.erasures];
  if (from >= to) return;
  const records = await removeGone(store);
  const works = (await store.keyring.journal.readSince(from)).map(({ work }) =>
    erasureWork.parse(JSON.parse(work)),
  );
  // A row holds one person.
  for (const work of works) await blankCopies(store, work);
  const [id, at] = [platform.newId('rec'), platform.now()];
  await store.transaction(async (tx) => {
    const work = JSON.stringify(nothing);
    const row = { number: to, kind: 'erasure' as const, state: 'punctured' as const, work, record: id, at };
    await tx.sql.insertInto('ledger_erasures').values(row).execute();
    tx.record({ id, kind: 'ledger.erased_again', at, causes: [], body: { from: from + 1, to, records } });
  });
}

const nothing: ErasureWork = namesOf({
  ...{ seqs: [], ranges: [], records: [], actions: [], approvals: [], tasks: [], contents: [], prompts: [] },
  person: null,
});

/** Payloads without a key, with all by which they are found. */
async function removeGone(store: Context['store']): Promise<number> {
  await store.index();
  let [from, count] = [0, 0];
  for (;;) {
    const rows = await store.sql
      .selectFrom('ledger_payloads as payloads')
      .innerJoin('ledger_entries as entries', 'entries.seq', 'payloads.seq')
      .select(['entries.seq', 'entries.id', 'entries.kind', 'entries.entry'])
      .where('payloads.seq', '>=', from)
      .orderBy('payloads.seq')
      .limit(seqsAtOnce)
      .execute();
    const gone = rows.filter(({ seq, kind }) => !store.keyring.keys.has(seq, kind));
    if (gone.length > 0) await removeSome(store, gone);
    count += gone.length;
    const last = rows.at(-1);
    if (last === undefined) return count;
    from = last.seq + 1;
  }
}

/** The payload goes last: by it the record is found again after a crash. */
async function removeSome(store: Context['store'], gone: readonly GoneRecord[]): Promise<void> {
  await forgetGone(store, gone);
  await blankCopies(store, { ...nothing, records: gone.map(({ id }) => id) });
  const seqs = gone.map(({ seq }) => seq);
  await store.sql.deleteFrom('ledger_payloads').where('seq', 'in', seqs).execute();
}
