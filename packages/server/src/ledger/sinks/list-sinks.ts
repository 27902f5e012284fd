import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { findEnd } from '../find-seq-at.ts';
import { readForwards } from '../read-forwards.ts';
import { loadCursor } from './cursor.ts';
import type { FedSink } from './sink-state.ts';

export interface SinkStanding {
  readonly name: string;
  readonly kind: string;
  /** The first record it has not got. */
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
  const cursor = await loadCursor(context, fed);
  const end = await findEnd(sql);
  const from = cursor.next_seq;
  const [oldest] = from < end ? await readForwards(context, { from, before: from + 1, limit: 1 }) : [];
  const aside = await sql
    .selectFrom('ledger_sink_refusals')
    .select((all) => all.fn.countAll<number>().as('count'))
    .where('sink', '=', name)
    .executeTakeFirst();
  const waited = oldest === undefined ? 0 : context.platform.now() - oldest.at;
  return {
    ...{ name, kind, next: from, behind: Math.max(0, end - from) },
    behindSeconds: Math.max(0, Math.floor(waited / 1000)),
    ...{ delivered: cursor.delivered, deliveredAt: cursor.delivered_at },
    ...{ failingSince: cursor.failing_since, attempts: cursor.attempts },
    nextAt: cursor.failing_since === null ? null : cursor.next_at,
    ...{ lastError: cursor.last_error, setAside: Number(aside?.count ?? 0) },
  };
}
