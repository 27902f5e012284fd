import { sendHttp } from '@countersign/testkit';
import { readMark } from '../ground/marks.ts';
import type { Cluster } from './cluster.ts';

/** What the ledger says about one attempt of one marked call. */
export interface RecordedCall {
  readonly mark: string;
  readonly amount: number;
  /** What was decided; undefined where no decision is on record. */
  effect?: string;
  /** Epoch milliseconds of the gateway that decided. */
  decidedAt: number;
  releases: number;
  /** How it ended, once for each record that says so. */
  readonly ends: string[];
}

/** Of approvals: how often each of these is on record. */
export interface RecordedApprovals {
  readonly granted: Map<string, number>;
  readonly released: Map<string, number>;
}

export interface Recorded {
  readonly calls: readonly RecordedCall[];
  readonly approvals: RecordedApprovals;
  readonly records: number;
}

interface LedgerItem {
  readonly id: string;
  readonly kind: string;
  readonly at: number;
  readonly causes: readonly string[];
  readonly approval?: string;
  readonly body?: { readonly [name: string]: unknown };
}

/** Everything that is on record of these agents, as one gateway reads it of all streams. */
export async function readCalls(cluster: Cluster, agentIds: readonly string[]): Promise<Recorded> {
  const port = cluster.replicas.at(-1)?.port() ?? 0;
  const items: LedgerItem[] = [];
  for (const agent of agentIds) items.push(...(await readItems(cluster, { port, agent })));
  return gatherCalls(items);
}

async function readItems(
  cluster: Cluster,
  asked: { readonly port: number; readonly agent: string },
): Promise<readonly LedgerItem[]> {
  const items: LedgerItem[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: LedgerPage = await readPage(cluster, { ...asked, cursor, limit: 500 });
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

interface LedgerPage {
  readonly items: readonly LedgerItem[];
  readonly next: string | null;
}

async function readPage(
  { driver }: Cluster,
  asked: { readonly port: number; readonly limit: number; readonly agent?: string; readonly cursor?: string },
): Promise<LedgerPage> {
  const { port, limit, agent, cursor = '' } = asked;
  const query = new URLSearchParams({
    limit: String(limit),
    ...(agent !== undefined && { agent }),
    ...(cursor !== '' && { cursor }),
  });
  const headers = { authorization: `Bearer ${await driver.operatorToken()}` };
  const url = `http://127.0.0.1:${port}/v1/ledger?${query}`;
  const reply = await sendHttp({ method: 'GET', url, headers });
  if (reply.status !== 200) throw new Error(`the ledger cannot be read: ${reply.status} ${reply.body}`);
  return reply.json as LedgerPage;
}

/** Follows causes, in whatever order and stream the records are. */
export function gatherCalls(items: readonly LedgerItem[]): Recorded {
  const byId = new Map(items.map((item) => [item.id, item]));
  const calls = new Map<string, RecordedCall>();
  for (const { id, kind, at, body } of items) {
    const mark = kind === 'action.intent' ? readMark(body?.arguments) : undefined;
    if (mark === undefined) continue;
    const { amount = 0 } = (body?.arguments ?? {}) as { amount?: number };
    calls.set(id, { mark, amount, decidedAt: at, releases: 0, ends: [] });
  }
  const findCall = (item: LedgerItem, depth = 0): RecordedCall | undefined => {
    const own = calls.get(item.id);
    if (own !== undefined || depth > 4) return own;
    for (const cause of item.causes) {
      const before = byId.get(cause);
      const found = before?.kind.startsWith('action.') ? findCall(before, depth + 1) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const approvals: RecordedApprovals = { granted: new Map(), released: new Map() };
  const add = (counts: Map<string, number>, id: string | undefined) =>
    counts.set(id ?? '', (counts.get(id ?? '') ?? 0) + 1);
  for (const item of items) {
    if (item.kind === 'approval.granted') add(approvals.granted, item.approval);
    if (item.kind === 'action.release') add(approvals.released, item.approval);
    if (!item.kind.startsWith('action.') || item.kind === 'action.intent') continue;
    const call = findCall(item);
    if (call === undefined) continue;
    if (item.kind === 'action.decision') {
      call.effect = String(item.body?.effect);
      call.decidedAt = item.at;
    } else if (item.kind === 'action.release') call.releases += 1;
    else call.ends.push(String(item.body?.status));
  }
  return { calls: [...calls.values()], approvals, records: items.length };
}
