import type { Context } from '../../context.ts';
import { findRecords, type StoredRecord } from '../../ledger/index.ts';
import { type RecordedCall, readRecordedCall } from './read-recorded-call.ts';

export interface PastCalls {
  /** Newest first. */
  readonly calls: readonly RecordedCall[];
  /** Decisions of which too little is kept to compare them. */
  readonly unknown: number;
  /** The oldest decision that was looked at, epoch milliseconds; null when all of the time was. */
  readonly reachedAt: number | null;
}

/** More is not looked at for one preview, and said so. */
const mostDecisions = 2_000;
const pageSize = 500;
/** An intent stands at most so much before its decision. */
const intentLeadMs = 60_000;

/** What this agent called this tool for since then, and how it was decided, from the ledger. */
export async function findPastCalls(
  context: Pick<Context, 'store'>,
  about: { readonly agent: string; readonly tool: string; readonly from: number },
): Promise<PastCalls> {
  const decisions = await read(context, { ...about, kind: 'action.decision' });
  const oldest = decisions.items.at(-1);
  const from = Math.max(0, (oldest?.at ?? about.from) - intentLeadMs);
  const intents = await read(context, { ...about, from, kind: 'action.intent' });
  const byId = new Map(intents.items.map((intent) => [intent.id, intent]));
  const calls: RecordedCall[] = [];
  let unknown = 0;
  for (const decision of decisions.items) {
    const intent = byId.get(decision.causes[0] ?? '');
    const call = intent === undefined ? undefined : readRecordedCall(decision, intent);
    if (call === undefined) unknown += 1;
    else calls.push(call);
  }
  return { calls, unknown, reachedAt: decisions.isComplete ? null : (oldest?.at ?? null) };
}

async function read(
  context: Pick<Context, 'store'>,
  search: {
    readonly agent: string;
    readonly tool: string;
    readonly from: number;
    readonly kind: 'action.decision' | 'action.intent';
  },
): Promise<{ readonly items: readonly StoredRecord[]; readonly isComplete: boolean }> {
  const items: StoredRecord[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof findRecords>> = await findRecords(context, {
      ...search,
      limit: pageSize,
      ...(cursor === null ? {} : { cursor }),
    });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null && items.length < mostDecisions);
  return { items, isComplete: cursor === null };
}
