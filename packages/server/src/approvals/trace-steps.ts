import type { Origin } from '@countersign/core';
import type { Context } from '../context.ts';
import type { CallInsight, DecisionRequest } from '../policies/index.ts';
import type { ApprovalInput } from './approval-state.ts';
import { originWords } from './origin-words.ts';
import type { CausalStep } from './presented.ts';
import { walkSteps } from './walk-steps.ts';

const mostTools = 4;
const mostArguments = 6;

/**
 * How a call came about: what was asked, what the ledger proves to have flowed into it, what the task had done before, where
 * its values are from, and what of it is not known.
 */
export async function traceSteps(
  context: Pick<Context, 'platform' | 'store'>,
  { decision, traces, causes }: ApprovalInput,
): Promise<readonly CausalStep[]> {
  const { prompt, flows, unknown } = await walkSteps(context, causes);
  return [prompt, ...flows, describeBefore(decision), describeValues(traces), ...unknown];
}

function describeBefore({ task, now }: DecisionRequest): CausalStep {
  const tools = task.history.list('tool');
  const isTainted = task.history.labelsAt(now).trust === 'untrusted';
  const named = tools.slice(-mostTools).join(', ');
  const more = tools.length > mostTools ? ` and ${tools.length - mostTools} more tools` : '';
  const done =
    tools.length === 0 ? 'No other tool was used in the task before' : `Used before: ${named}${more}`;
  const read = isTainted ? '; what was read holds text that outsiders can write' : '';
  const gap = task.history.values.isComplete
    ? ''
    : '; not all of it is known any more, and what is not known counts as written by outsiders';
  return { kind: 'read', text: `${done}${read}${gap}`, isTainted };
}

function describeValues(traces: CallInsight['traces']): CausalStep {
  const said = new Map<Origin, Set<string>>();
  for (const { pointer, role, worst } of traces)
    said.set(worst, (said.get(worst) ?? new Set()).add(`${role} ${pointer}`));
  const parts = [...said].map(
    ([origin, named]) => `${nameArguments([...named])} from ${originWords[origin]}`,
  );
  const text =
    parts.length === 0
      ? 'This call; where its values came from is not known'
      : `This call, with ${parts.join('; ')}`;
  return {
    kind: 'call',
    text,
    isTainted: traces.some(({ role, worst }) => role !== 'content' && isUnproven(worst)),
  };
}

function nameArguments(named: readonly string[]): string {
  const more = named.length - mostArguments;
  return more > 0 ? `${named.slice(0, mostArguments).join(', ')} and ${more} more` : named.join(', ');
}

function isUnproven(origin: Origin): boolean {
  return origin === 'untrusted' || origin === 'model';
}
