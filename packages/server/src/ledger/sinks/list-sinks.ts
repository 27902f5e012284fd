import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { readForwards } from '../read-forwards.ts';
import { loadCursors } from './cursor.ts';
import type { FedSink } from './sink-state.ts';

export interface SinkStanding {
  readonly name: string;
  readonly kind: string;
  /** The first record it has not got, of the first stream in which it is behind. */
  readonly next: number;
  /** Records of the ledger, chosen or not, that it has not come to yet. */
  readonly behind: number;
  /** How old the oldest of them is. */
  readonly behindSeconds: number;
  /** Records it was given, each time counted. */
  readonly delivered: number;
  /** Epoch milliseconds. */
  readonly deliveredAt: number | null;
  readonly failingSince: number | null;
  readonly attempts: number;
  /** When it is tried next, while it fails. */
  readonly nextAt: number | null;
  /** Why, in this server's own words. */
  readonly lastError: string | null;
  /** Records that it refused, which wait to be sent again. */
  readonly setAside: number;
}

/** Every sink of this server and how far it has come. */
export async function listSinks(
  context: Pick<Context, 'platform' | 'sinks' | 'store'>,
  actor: Actor,
): Promise<readonly SinkStanding[]> {
  requirePermission(actor, 'ledger.read_sinks');
  const standings: SinkStanding[] = [];
  for (const fed of context.sinks.fed.values()) standings.push(await describeSink(context, fed));
  return standings;
}

async function describeSink(
  context: Pick<Context, 'platform' | 'sinks' | 'store'>,
  fed: FedSink,
): Promise<SinkStanding> {
  const { sql } = context.store;
  const { name, kind } = fed.sink;
  const cursors = await loadCursors(context, fed);
  const oldest: number[] = [];
  let behind = 0;
  for (const { cursor: own, range } of cursors) {
    const from = own.next_seq;
    behind += Math.max(0, range.end - from);
    if (from >= range.end) continue;
    const [first] = await readForwards(context, { from, before: from + 1, limit: 1 });
    if (first !== undefined) oldest.push(first.at);
  }
  const late = cursors.find(({ cursor: own, range }) => own.next_seq < range.end) ?? cursors[0];
  const failing = cursors.find(({ cursor: own }) => own.failing_since !== null) ?? cursors[0];
  const all = cursors.map(({ cursor: own }) => own);
  const aside = await sql
    .selectFrom('ledger_sink_refusals')
    .select((all) => all.fn.countAll<number>().as('count'))
    .where('sink', '=', name)
    .executeTakeFirst();
  const waited = oldest.length === 0 ? 0 : context.platform.now() - Math.min(...oldest);
  const deliveredAt = all.flatMap(({ delivered_at }) => (delivered_at === null ? [] : [delivered_at]));
  return {
    ...{ name, kind, next: late?.cursor.next_seq ?? 0, behind },
    behindSeconds: Math.max(0, Math.floor(waited / 1000)),
    delivered: all.reduce((sum, { delivered }) => sum + delivered, 0),
    deliveredAt: deliveredAt.length === 0 ? null : Math.max(...deliveredAt),
    failingSince: failing?.cursor.failing_since ?? null,
    attempts: failing?.cursor.attempts ?? 0,
    nextAt: failing === undefined || failing.cursor.failing_since === null ? null : failing.cursor.next_at,
    lastError: failing?.cursor.last_error ?? null,
    setAside: Number(aside?.count ?? 0),
  };
}
