import { MOST_AMENDED_CALLS } from '@countersign/core';
import { type RawAgent, type TestGateway, toolCall } from '@countersign/testkit';
import type { SuiteGround } from './open-ground.ts';
import { type Answer, readAnswer } from './read-answer.ts';
import type { TraceCall, TraceRun, WantedCall } from './traces.ts';
import type { Verdict } from './verdict.ts';

export interface ReplayedRun {
  readonly verdicts: readonly Verdict[];
  readonly questions: number;
}

interface Held {
  readonly index: number;
  readonly approval: string;
}

const letOut = { effect: 'allow', final: 'allow', why: '', evidence: null } as const;
const notSent: Verdict = { effect: 'deny', final: 'deny', why: 'not sent', evidence: null };

/** A call can be asked about more than once, but not for ever. */
const mostRounds = 4;

/**
 * Sends the calls of a recorded run through the gateway in its own task, as if the agent made them now; whatever a person
 * is asked, they say yes. Calls of one turn go out before anybody answers. With a plan, the person has said beforehand what
 * is to be done: the oracle's plan, which no gateway has.
 */
export async function replayRun(
  ground: SuiteGround,
  { agent, delegation }: { readonly agent: RawAgent; readonly delegation: string },
  run: TraceRun,
  plan: readonly WantedCall[] = [],
): Promise<ReplayedRun> {
  const purpose = 'What the person asked for';
  const { id: task } = await agent.openTask({ delegationId: delegation, purpose, prompt: run.prompt });
  if (plan.length > 0) await planAhead(ground, task, plan);
  const token = await agent.token({ task, resource: [ground.url] });
  const verdicts: Verdict[] = run.calls.map(() => notSent);
  const { gateway } = ground;
  let questions = 0;
  const send = async (call: TraceCall): Promise<Answer> => {
    ground.next.text = call.result;
    ground.next.failed = call.failed;
    const { message, headers } = toolCall(call.tool, call.args);
    return readAnswer(await agent.send({ url: ground.url, token, message, headers }));
  };
  for (const turn of groupTurns(run.calls)) {
    let held: Held[] = [];
    for (const index of turn) {
      const call = run.calls[index] as TraceCall;
      // What an agent made up has nobody to refuse it: no such tool was ever there.
      if (!ground.tools.has(call.tool)) {
        verdicts[index] = { ...letOut, why: 'no such tool' };
        continue;
      }
      const answer = await send(call);
      verdicts[index] = judge(call, answer.verdict);
      if (answer.approval !== null) held.push({ index, approval: answer.approval });
    }
    for (let round = 0; held.length > 0 && round < mostRounds; round++) {
      const approvals = [...new Set(held.map(({ approval }) => approval))];
      questions += approvals.length;
      for (const approval of approvals) await approve(gateway, approval);
      const again: Held[] = [];
      for (const { index } of held) {
        const { approval, verdict } = await send(run.calls[index] as TraceCall);
        if (approval !== null) again.push({ index, approval });
        // What is still held after the last round was never let out.
        const asked = verdicts[index] as Verdict;
        verdicts[index] = { ...asked, final: verdict.final, why: verdict.why };
      }
      held = again;
    }
  }
  await agent.endTask(task);
  return { verdicts, questions };
}

async function planAhead(ground: SuiteGround, task: string, plan: readonly WantedCall[]): Promise<void> {
  const { gateway } = ground;
  const known = plan.filter(({ f }) => ground.tools.has(f)).slice(0, MOST_AMENDED_CALLS);
  const calls = known.map(({ f, args }) => ({ upstream: ground.suite, tool: f, arguments: args }));
  const path = `/v1/tasks/${task}/grant/amendments`;
  const ask = () => gateway.administrator.request('POST', path, { calls });
  let asked = await ask();
  // The bench takes longer than a passkey counts as just shown.
  if ((asked.json as { code?: string }).code === 'person.passkey_needed') {
    await takeTurn(gateway, () => verifyAgain(gateway));
    asked = await ask();
  }
  const { code, approval } = asked.json as { code?: string; approval?: { id: string } };
  if (code === 'task.plan_unchanged') return;
  if (approval === undefined) throw new Error(`not planned: ${asked.status} ${asked.body}`);
  await approve(gateway, approval.id);
}

/** A call that its tool refused to read, then as now, did nothing that could be denied. */
function judge({ failed }: TraceCall, verdict: Verdict): Verdict {
  const isUnread = failed && verdict.why.startsWith('action.arguments_invalid');
  return isUnread ? { ...letOut, why: 'unreadable for the tool, too' } : verdict;
}

/** One person has one passkey, which counts its signatures: one at a time, whatever runs beside. */
const signing = new WeakMap<TestGateway, Promise<void>>();

function takeTurn(gateway: TestGateway, sign: () => Promise<void>): Promise<void> {
  const turn = (signing.get(gateway) ?? Promise.resolve()).then(sign);
  signing.set(
    gateway,
    turn.catch(() => {}),
  );
  return turn;
}

function approve(gateway: TestGateway, approval: string): Promise<void> {
  return takeTurn(gateway, async () => {
    const decided = await gateway.administrator.decide(approval, 'approve');
    if (decided.status !== 200) throw new Error(`not approved: ${decided.status} ${decided.body}`);
  });
}

async function verifyAgain({ administrator }: TestGateway): Promise<void> {
  const begun = await administrator.request('POST', '/v1/people/me/verify/begin', {});
  const response = administrator.passkey.assert((begun.json as { challenge: string }).challenge);
  const verified = await administrator.request('POST', '/v1/people/me/verify/finish', response);
  if (verified.status >= 300) throw new Error(`not verified: ${verified.status} ${verified.body}`);
}

function groupTurns(calls: readonly TraceCall[]): readonly (readonly number[])[] {
  return [...Map.groupBy(calls.keys(), (index) => calls[index]?.turn).values()];
}
