import type { CausalEdge, CausalGap, CausalGapCode, CausalRecord } from './causal-graph.ts';

const TEXTS: Readonly<Record<CausalGapCode, string>> = {
  missing: 'a record it names is not here',
  erased: 'what it said was erased; its causes are all that is left',
  no_prompt: 'no prompt was given with the task',
  prompt_digest_only: 'the prompt of the task is known by its digest alone',
  model_not_seen:
    'what the model was told was not recorded: its call went neither through a model route nor into telemetry',
  not_asked_for: 'no answer of a model that was recorded in this task asked for this call',
  sources_partial:
    'not all that the task had read was still known: it is older than a restart, or more than is kept',
  values_unproven:
    'no value of its arguments was found in what the task had read: the model may have made them',
  outcome_unknown: 'whether it happened is not known: the server stopped before the outcome was written',
  policy_unknown: 'the record with which its policies went live was not found',
  told_by_others: 'other agents told of the same trace or call: what they say is not joined',
  drill_left_out: 'a record of a drill follows from it and is left out',
  not_captured: 'something of what was said was not written down',
  out_of_scope: 'a record it names is not here, or outside of what you may read',
  not_all_read: 'there is more beside it than was read',
};

export function makeGap(at: string, code: CausalGapCode, named?: string): CausalGap {
  return { at, code, text: named === undefined ? TEXTS[code] : `${TEXTS[code]}: ${named}` };
}

/** What a record itself shows to be unknown; `into` are the edges that end at it. */
export function findGaps(record: CausalRecord, into: readonly CausalEdge[]): readonly CausalGap[] {
  const { body, erased, id } = record;
  if (erased) return [makeGap(id, 'erased')];
  const said = findSaid(record, into);
  return Array.isArray(body?.omitted) ? [makeGap(id, 'not_captured'), ...said] : said;
}

function findSaid(record: CausalRecord, into: readonly CausalEdge[]): readonly CausalGap[] {
  const { body, id, kind } = record;
  if (kind === 'task.opened') return findPromptGaps(record, into);
  if (kind === 'action.outcome' && body?.status === 'unknown') return [makeGap(id, 'outcome_unknown')];
  return kind === 'action.intent' && body?.operation === 'call' ? findCallGaps(record, into) : [];
}

function findPromptGaps({ id, body }: CausalRecord, into: readonly CausalEdge[]): readonly CausalGap[] {
  // A task that works for another has its words from there.
  if (typeof body?.parent === 'string' || into.some(({ link }) => link === 'prompt')) return [];
  return [makeGap(id, typeof body?.promptDigest === 'string' ? 'prompt_digest_only' : 'no_prompt')];
}

function findCallGaps({ id, body }: CausalRecord, into: readonly CausalEdge[]): readonly CausalGap[] {
  const gaps: CausalGap[] = [];
  const isModelCall = body?.model !== undefined;
  const isSeen = into.some(({ link }) => link === 'model' || link === 'trace' || link === 'tool_call');
  if (!isModelCall && !isSeen)
    gaps.push(makeGap(id, body?.predicted === false ? 'not_asked_for' : 'model_not_seen'));
  if (body?.sourcesPartial === true) gaps.push(makeGap(id, 'sources_partial'));
  const isTraced = into.some(({ link }) => link === 'value' || link === 'prompt');
  const asks = typeof body?.arguments === 'object' && Object.keys(body.arguments ?? {}).length > 0;
  if (!isModelCall && !isTraced && asks) gaps.push(makeGap(id, 'values_unproven'));
  return gaps;
}
