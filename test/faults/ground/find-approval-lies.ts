import { isPending, readAsked } from '../../attacks/ground/ask-to-pay.ts';
import { isResult } from '../../attacks/ground/read-refusal.ts';
import type { ApprovalCrew } from './approval-crew.ts';
import type { Step } from './run-approval-kills.ts';

/** What clients know of one approval when the server is killed. */
export interface ApprovalFacts {
  readonly mark: string;
  /** Undefined when nobody was told that it was asked for. */
  readonly approval: string | undefined;
  /** Steps whose end a client was told of. */
  readonly acknowledged: readonly Step[];
  /** The step that was under way; it may have happened or not. */
  readonly last: Step;
}

interface Found {
  readonly state: string;
  readonly votes: readonly { readonly personId: string; readonly outcome: string }[];
}

/** What the server that was started again says and does, against what was said before: each lie in one line. */
export async function findApprovalLies(
  crew: ApprovalCrew,
  facts: ApprovalFacts,
  countExecuted: () => number,
): Promise<readonly string[]> {
  const lies: string[] = [];
  const say = (lie: string): void => {
    lies.push(`${facts.mark}, killed in ${facts.last} after ${facts.acknowledged.join(', ')}: ${lie}`);
  };
  await crew.renew();
  if (facts.approval === undefined) {
    if (countExecuted() > 0) say('it was executed and nobody was asked');
    return lies;
  }
  const { json, status } = await crew.voters.first.request('GET', `/v1/approvals/${facts.approval}`);
  if (status !== 200) {
    say('the request is lost');
    return lies;
  }
  const found = json as Found;
  for (const lie of compareState(crew, facts, found, countExecuted())) say(lie);
  for (const lie of await goOn(crew, facts, found, countExecuted)) say(lie);
  return lies;
}

function compareState(
  { voters }: ApprovalCrew,
  facts: ApprovalFacts,
  { state, votes }: Found,
  executed: number,
): readonly string[] {
  const lies: string[] = [];
  const isKnown = (step: Step): boolean => facts.acknowledged.includes(step);
  const has = (id: string, outcome: string): boolean =>
    votes.some((vote) => vote.personId === id && vote.outcome === outcome);
  const cast = [
    ['vote 1', voters.first.id, 'approve'],
    ['vote 2', voters.second.id, 'approve'],
    ['deny', voters.second.id, 'deny'],
    ['break glass', voters.alone.id, 'approve'],
  ] as const;
  for (const [step, id, outcome] of cast) {
    if (isKnown(step) && !has(id, outcome)) lies.push(`${step} is lost`);
    if (!isKnown(step) && facts.last !== step && has(id, outcome)) lies.push(`${step} was made up`);
  }
  const isApproved =
    has(voters.alone.id, 'approve') || (has(voters.first.id, 'approve') && has(voters.second.id, 'approve'));
  if (['approved', 'released'].includes(state) && !isApproved) lies.push(`it is ${state} without its votes`);
  if (isKnown('deny') && state !== 'denied') lies.push(`it was denied and is ${state}`);
  if (executed > 1) lies.push(`it was executed ${executed} times`);
  if (executed === 1 && state !== 'released') lies.push(`it was executed and is ${state}`);
  if (isKnown('release') && executed !== 1) lies.push('its result was told and it was not executed');
  return lies;
}

/** The same call again: it waits, goes out once, or is refused, as the state says; and never goes out twice. */
async function goOn(
  crew: ApprovalCrew,
  facts: ApprovalFacts,
  { state }: Found,
  countExecuted: () => number,
): Promise<readonly string[]> {
  const before = countExecuted();
  const reply = await crew.pay(facts.mark);
  const now = countExecuted();
  switch (state) {
    case 'requested':
      return isPending(reply) && readAsked(reply) === facts.approval && now === before
        ? []
        : [`it waited and then: ${reply.body}`];
    case 'approved': {
      if (!isResult(reply) || now !== 1) return [`it was approved and then: ${reply.body}, ${now} times`];
      const again = await crew.pay(facts.mark);
      return isPending(again) && countExecuted() === 1 ? [] : [`it went out and then: ${again.body}`];
    }
    case 'released':
      return isPending(reply) && readAsked(reply) !== facts.approval && now === before
        ? []
        : [`it was used up and then: ${reply.body}`];
    default:
      return !isResult(reply) && now === before ? [] : [`it is ${state} and then: ${reply.body}`];
  }
}
