import { nameStream, parseNote } from '@countersign/ledger';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { firstSeqOf, mostStreams, streamSpan } from '../../plugins/database/ledger-streams.ts';
import { readLedgerTree } from '../read-ledger-tree.ts';
import { findRecords } from '../search-ledger.ts';
import { type FoundCheckpoint, isCosignedBy, judgeStream, type StreamRefusal } from './judge-stream.ts';
import { makeRecord } from './keep-offer.ts';
import { nameCosigner } from './name-cosigner.ts';

const dayMilliseconds = 86_400_000;
/** Each gateway writes a refusal of each stream once a day for each of four reasons. */
const mostRefusals = 4 * mostStreams;

type Parts = Pick<Context, 'platform' | 'store'>;

/** What one round found out about one stream. */
interface Judged {
  readonly stream: number;
  readonly found: FoundCheckpoint;
  readonly refusal: StreamRefusal | undefined;
}

/**
 * One round: the gateway cosigns the newest checkpoint of each other stream of its database, once it is proven that the stream
 * only grew since it cosigned it last. What it has cosigned it keeps in memory, too: whoever changes the database behind the
 * gateways' backs is found by all that were there before.
 */
export function createStreamRound(context: Parts): () => Promise<void> {
  const { store, platform } = context;
  const own = nameCosigner(store.ledger.vkey);
  const remembered = new Map<number, FoundCheckpoint>();
  return async () => {
    const streams = await listOthers(context, remembered.keys());
    if (streams.length === 0) return;
    const judged: Judged[] = [];
    for (const stream of streams) {
      const one = await judge(context, { stream, own, remembered: remembered.get(stream) });
      if (one !== undefined) judged.push(one);
    }
    if (judged.length === 0) return;
    const told = await listRefusals(context, platform.now());
    const good = judged.filter(({ refusal }) => refusal === undefined);
    const fresh = judged.filter(({ stream, refusal }) => refusal && !told.has(nameRefusal(stream, refusal)));
    if (good.length === 0 && fresh.length === 0) return;
    const at = Math.floor(platform.now() / 1000);
    await store.transaction(async (tx) => {
      for (const one of good) await keepCosignature(context, tx, { ...one, own, at });
      for (const { stream, refusal } of fresh) {
        if (refusal === undefined) continue;
        const { kind: _, ...why } = refusal;
        tx.record(makeRecord(platform, 'ledger.stream_refused', { stream: nameStream(stream), ...why }));
      }
    });
    for (const { stream, found } of good) remembered.set(stream, found);
  };
}

async function listOthers(
  { store: { sql, seat } }: Parts,
  remembered: Iterable<number>,
): Promise<readonly number[]> {
  const rows = await sql.selectFrom('ledger_streams').select('number').execute();
  // One that was taken out of the table is asked for, too.
  const streams = new Set([...rows.map(({ number }) => number), ...remembered]);
  streams.delete(seat.stream);
  return [...streams].sort((one, other) => one - other);
}

/** Undefined when there is nothing new to cosign. */
async function judge(
  context: Parts,
  { stream, own, remembered }: { stream: number; own: string; remembered: FoundCheckpoint | undefined },
): Promise<Judged | undefined> {
  const { store } = context;
  const name = await store.nameLedger(stream);
  if (name === undefined) return undefined;
  const kept = remembered === undefined ? await readCosigned(context, stream, own, name.vkey) : undefined;
  const last = remembered ?? kept?.last;
  const found = kept?.isChanged === true ? undefined : await findCheckpoint(context, stream, last);
  if (found === undefined && last === undefined && kept?.isChanged !== true) return undefined;
  if (found !== undefined && found.size === last?.size && found.note === last.note) return undefined;
  const tree = { vkey: name.vkey, hashAt: readLedgerTree(store.sql, stream) };
  const verdict: Awaited<ReturnType<typeof judgeStream>> =
    kept?.isChanged === true
      ? { kind: 'refused', reason: 'changed', size: 0, seen: kept.size }
      : await judgeStream(tree, last, found);
  const refusal = verdict.kind === 'refused' ? verdict : undefined;
  return { stream, found: found ?? { size: 0, note: '' }, refusal };
}

/**
 * The newest checkpoint that another gateway has cosigned since, so that the cosignatures of several come together on one, else
 * the newest there is.
 */
async function findCheckpoint(
  { store: { sql } }: Parts,
  stream: number,
  last: FoundCheckpoint | undefined,
): Promise<FoundCheckpoint | undefined> {
  const base = firstSeqOf(stream);
  const newest = sql
    .selectFrom('ledger_checkpoints')
    .select(['size', 'note'])
    .where('size', '>=', base)
    .where('size', '<', base + streamSpan)
    .orderBy('size', 'desc')
    .limit(1);
  const joined = newest.where('size', '>', base + (last?.size ?? -1)).where('size', 'in', (query) =>
    query
      .selectFrom('ledger_cosignatures')
      .select('ledger_cosignatures.size')
      .where('signer', 'is not', null)
      .where('ledger_cosignatures.size', '>=', base)
      .where('ledger_cosignatures.size', '<', base + streamSpan),
  );
  const row = (await joined.executeTakeFirst()) ?? (await newest.executeTakeFirst());
  return row && { size: row.size - base, note: row.note };
}

interface Kept {
  readonly last?: FoundCheckpoint;
  /** What this gateway cosigned is not there as it was. */
  readonly isChanged: boolean;
  readonly size: number;
}

/** What the gateway of this stream cosigned last, as the database says after a start. */
async function readCosigned(
  { store: { sql, seat } }: Parts,
  stream: number,
  own: string,
  vkey: string,
): Promise<Kept | undefined> {
  const base = firstSeqOf(stream);
  const row = await sql
    .selectFrom('ledger_cosignatures as lines')
    .leftJoin('ledger_checkpoints as checkpoints', 'checkpoints.size', 'lines.size')
    .select(['lines.size', 'lines.line', 'checkpoints.note'])
    .where('lines.signer', '=', seat.stream)
    .where('lines.size', '>=', base)
    .where('lines.size', '<', base + streamSpan)
    .orderBy('lines.size', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { line, note } = row;
  const size = row.size - base;
  if (note === null || !isCosignedBy(own, vkey, { size, note, line })) return { isChanged: true, size };
  return { last: { size, note }, isChanged: false, size };
}

/** The newest takes the place of the one before: what it covers is proven to begin with all that was cosigned earlier. */
async function keepCosignature(
  { store }: Parts,
  tx: Transaction,
  { stream, found, own, at }: Judged & { readonly own: string; readonly at: number },
): Promise<void> {
  const text = parseNote(found.note)?.text;
  if (text === undefined) throw new RangeError('no checkpoint');
  const base = firstSeqOf(stream);
  await tx.sql
    .deleteFrom('ledger_cosignatures')
    .where('signer', '=', store.seat.stream)
    .where('size', '>=', base)
    .where('size', '<=', base + found.size)
    .execute();
  await tx.sql
    .insertInto('ledger_cosignatures')
    .values({
      size: base + found.size,
      vkey: own,
      line: store.cosign(text, at),
      at,
      signer: store.seat.stream,
    })
    .execute();
}

/** Of the last day, of this gateway. */
async function listRefusals(context: Parts, now: number): Promise<ReadonlySet<string>> {
  const { items } = await findRecords(context, { kind: 'ledger.stream_refused', limit: mostRefusals });
  const recent = items.filter(
    ({ at, seq }) => at > now - dayMilliseconds && Math.floor(seq / streamSpan) === context.store.seat.stream,
  );
  return new Set(recent.map(({ body }) => JSON.stringify([body?.stream, body?.reason])));
}

function nameRefusal(stream: number, { reason }: StreamRefusal): string {
  return JSON.stringify([nameStream(stream), reason]);
}
