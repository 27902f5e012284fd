import type { AskedAmendment } from '@countersign/core';
import type { Context } from '../context.ts';
import { findDisplayName } from '../people/index.ts';
import type { AmendmentInput } from './approval-state.ts';
import { countHidden } from './count-hidden.ts';
import { drawMatchCode } from './draw-match-code.ts';
import { countTimes, describeHidden, pickChips } from './pick-chips.ts';
import type { Presented, SentencePart } from './presented.ts';
import { describeTask, nameChain } from './request-approval.ts';

type Requesting = Pick<Context, 'platform' | 'store'>;

/** What the page shows beside the signed text of an amendment. */
export async function presentAmendment(
  context: Requesting,
  input: AmendmentInput,
  asked: AskedAmendment,
): Promise<Presented> {
  const { agent, task, about } = input;
  return {
    sentence: describeChange(agent.name, asked),
    agentName: agent.name,
    ownerName: await findDisplayName(context, agent.ownerId),
    requesterId: task.rootPersonId,
    requesterName: await findDisplayName(context, task.rootPersonId),
    environment: about.environment,
    operation: 'amend',
    effects: about.effects,
    dataDomain: about.dataDomain,
    chips: await findAmendmentChips(context, asked),
    consequence: 'what is listed below goes through without another question, as long as the task lasts',
    task: describeTask(task),
    chain: await nameChain(context, task),
    policyIds: input.policyIds,
    matchCode: drawMatchCode(context),
    askedName: input.personId === null ? null : await findDisplayName(context, input.personId),
    message: null,
  };
}

function describeChange(agentName: string, asked: AskedAmendment): readonly SentencePart[] {
  const name = { text: agentName, strong: true };
  const tools = [...new Set(asked.entries.map(({ tool }) => tool))];
  const [first] = tools;
  if (first === undefined)
    return [{ text: 'Say what ', strong: false }, name, { text: ' is to do in its task', strong: false }];
  const more = tools.length === 1 ? [] : [{ text: ` and ${tools.length - 1} more`, strong: true }];
  const calls = asked.calls.length === 1 ? 'a call' : `${asked.calls.length} calls`;
  const what = asked.by === 'person' ? ' is to be let make ' : ' wants to go beyond its plan with ';
  return [name, { text: `${what}${calls}: `, strong: false }, { text: first, strong: true }, ...more];
}

const dayMilliseconds = 24 * 60 * 60_000;

async function findAmendmentChips(context: Requesting, asked: AskedAmendment): Promise<readonly string[]> {
  const denied = await context.store.sql
    .selectFrom('approvals')
    .select((all) => all.fn.countAll<number>().as('count'))
    .where('agent_id', '=', asked.agent)
    .where('kind', '=', 'amendment')
    .where('state', '=', 'denied')
    .where('requested_at', '>=', context.platform.now() - dayMilliseconds)
    .executeTakeFirstOrThrow();
  const traces = asked.calls.flatMap((call) => call.traces);
  const isFrom = (origin: string, role: string): boolean =>
    traces.some((trace) => trace.worst === origin && trace.role === role);
  const hidden = countHidden(asked.calls.map((call) => call.arguments));
  const times = Number(denied.count);
  const chips = [
    describeHidden(hidden, 'arguments'),
    isFrom('untrusted', 'destination') && 'A recipient comes from text that outsiders can write',
    isFrom('untrusted', 'amount') && 'An amount comes from text that outsiders can write',
    isFrom('model', 'destination') && 'Nothing that was read names a recipient: the model made it up',
    times > 0 && `Changes of plans denied ${countTimes(times)} in the last 24 hours`,
  ];
  return pickChips(chips);
}
