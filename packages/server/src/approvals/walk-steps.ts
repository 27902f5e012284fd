import { type CausalEdge, type CausalGapCode, type CausalGraph, walkBack } from '@countersign/core';
import type { Context } from '../context.ts';
import { createCausalSource, findRecord, type StoredRecord } from '../ledger/index.ts';
import type { CausalStep } from './presented.ts';

type Graph = CausalGraph<StoredRecord>;

/** A person waits for the page, and an agent for the request: what is not read by then is said to be missing. */
const longestMs = 500;
const bounds = { nodes: 64, depth: 16, beside: 8 };
const mostFlows = 6;
const mostUnknown = 5;
const longestText = 300;

/** Under what it was decided the page says by itself. */
const untold: ReadonlySet<CausalGapCode> = new Set(['no_prompt', 'policy_unknown', 'prompt_digest_only']);
const safeTrusts: ReadonlySet<unknown> = new Set(['trusted', 'delegation', 'prompt']);

export interface WalkedSteps {
  readonly prompt: CausalStep;
  /** What came back and flowed into the call, the oldest first. */
  readonly flows: readonly CausalStep[];
  /** What cannot be known of it. */
  readonly unknown: readonly CausalStep[];
}

/**
 * How a call came about, by the walk that `ledger why` takes from the same decision. It names places and tools and repeats
 * nothing that was said there: whoever decides need not be allowed to read that.
 */
export async function walkSteps(
  context: Pick<Context, 'platform' | 'store'>,
  causes: readonly string[],
): Promise<WalkedSteps> {
  const [decision] = causes;
  const effect = decision === undefined ? undefined : await findRecord(context.store, decision);
  if (effect === undefined) {
    return { prompt: tellPrompt(undefined), flows: [], unknown: [tell('gap', 'what led to this call')] };
  }
  const { now } = context.platform;
  const started = now();
  const { get, followers, told } = createCausalSource(context);
  const source = { get, followers, ...(told && { told }) };
  const graph = await walkBack(source, effect, { ...bounds, isOver: () => now() - started > longestMs });
  return { prompt: tellPrompt(graph), flows: tellFlows(graph), unknown: tellUnknown(graph) };
}

function tellPrompt(graph: Graph | undefined): CausalStep {
  const given = graph?.nodes.find(({ record }) => record.kind === 'task.prompt_given')?.record;
  if (given !== undefined) {
    if (given.damaged === true) return tell('prompt', 'The record of the prompt is damaged');
    return tell('prompt', given.erased ? 'The prompt of the task, erased since' : 'The prompt of the task');
  }
  const codes = new Set(graph?.gaps.map(({ code }) => code));
  if (codes.has('prompt_digest_only'))
    return tell('prompt', 'The prompt of the task, of which the ledger has the digest alone');
  if (codes.has('no_prompt')) return tell('prompt', 'No prompt was given with the task');
  return tell('prompt', 'The prompt was not found in the ledger');
}

function tellFlows({ nodes, edges }: Graph): readonly CausalStep[] {
  const records = new Map(nodes.map(({ record }) => [record.id, record]));
  const flows = edges.flatMap((edge) => {
    const [from, to] = [records.get(edge.from), records.get(edge.to)];
    return from === undefined || to === undefined || !isFlow(edge, from) ? [] : [{ edge, from, to }];
  });
  const ordered = flows.sort((one, other) => one.from.seq - other.from.seq || one.to.seq - other.to.seq);
  // The call's own are the nearest; of what lies further back only the number is told.
  const shown = ordered.slice(-mostFlows).map(({ edge, from, to }) => tellFlow(edge, from, to));
  const more = ordered.slice(0, -mostFlows);
  if (more.length === 0) return shown;
  const isTainted = more.some(({ edge, from, to }) => tellFlow(edge, from, to).isTainted);
  return [{ kind: 'flow', text: `${more.length} earlier steps, in the ledger`, isTainted }, ...shown];
}

function isFlow({ link }: CausalEdge, { kind }: StoredRecord): boolean {
  return link === 'value' || link === 'model' || (link === 'prompt' && kind === 'action.outcome');
}

function tellFlow({ link, detail = '' }: CausalEdge, from: StoredRecord, to: StoredRecord): CausalStep {
  const [source, target] = [nameTool(from), nameTool(to)];
  if (link === 'model') return tell('model', `${source}: its answer asked for ${target}`);
  if (link === 'prompt') return tell('flow', `What came back of ${source} was shown to ${target}`);
  return tell('flow', `${source}: what came back is in ${detail} of ${target}`, isTaintedBy(from, to));
}

/** By the sources themselves: the words of the link may be cut short, and agents choose the names of arguments. */
function isTaintedBy(from: StoredRecord, { body }: StoredRecord): boolean {
  const sources: readonly unknown[] = Array.isArray(body?.sources) ? body.sources : [];
  return sources.some((source) => {
    if (typeof source !== 'object' || source === null) return false;
    const { record, trust } = source as { record?: unknown; trust?: unknown };
    return record === from.id && !safeTrusts.has(trust);
  });
}

function tellUnknown({ gaps, truncated, nodes }: Graph): readonly CausalStep[] {
  const damaged = nodes.some(({ record }) => record.damaged === true);
  const texts = new Map<string, string>();
  for (const { code, text } of gaps) if (!untold.has(code)) texts.set(code, text);
  const all = [...texts.values(), ...(damaged ? ['a record it follows from is damaged'] : [])];
  if (truncated && !texts.has('not_all_read')) all.push('there is more than was walked');
  const shown = all.slice(0, mostUnknown);
  if (all.length > shown.length) shown.push(`${all.length - shown.length} more gaps, in the ledger`);
  return shown.map((text) => tell('gap', text));
}

function tell(kind: CausalStep['kind'], text: string, isTainted = false): CausalStep {
  const cut = text.length <= longestText ? text : `${text.slice(0, longestText - 1).toWellFormed()}…`;
  return { kind, text: cut, isTainted };
}

function nameTool({ upstream, tool, kind }: StoredRecord): string {
  if (tool !== undefined) return `${upstream ?? ''}/${tool}`;
  return upstream ?? kind;
}
