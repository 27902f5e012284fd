import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EnrolledAgent,
  type GatewayDriver,
  type HttpReply,
  type TestPerson,
  toolCall,
} from '@countersign/testkit';
import { isPending, readAsked } from '../../attacks/ground/ask-to-pay.ts';
import { isResult } from '../../attacks/ground/read-refusal.ts';
import { markedArguments, UPSTREAM } from './marks.ts';
import type { Step } from './run-approval-kills.ts';

/** Nobody is in the first group, so the escalation comes as soon as the job finds that nobody can be told. */
const POLICY = `
@id("all")
permit (principal, action, resource);

@id("two-people")
@stepUp("approvers=group:nobody; quorum=2; within=10m; escalate=9m:group:second; breakGlass=group:incident")
forbid (principal, action in Countersign::Action::"effect:spend", resource);
`;
const REASON = 'the machine is killed again and again';
const DAY = 86_400_000;
const ESCALATION_LIMIT_MILLISECONDS = 30_000;

/** Who asks and who decides, across every restart. */
export interface ApprovalCrew {
  readonly voters: { readonly first: TestPerson; readonly second: TestPerson; readonly alone: TestPerson };
  /** Puts another agent to work. */
  enrol(gateway: GatewayDriver): Promise<void>;
  /** Gets another token for the agent. */
  renew(): Promise<void>;
  /** Does one step and throws unless it was answered as done. Returns the approval of `ask`. */
  play(step: Step, mark: string, approval: string | undefined): Promise<string | undefined>;
  pay(mark: string): Promise<HttpReply>;
}

export async function enlistApprovers(gateway: GatewayDriver, at: string): Promise<ApprovalCrew> {
  const url = await gateway.addUpstream(UPSTREAM, { url: at });
  const activated = await gateway.activatePolicy(POLICY);
  if (activated.status >= 300) throw new Error(`the policy was refused: ${activated.body}`);
  const voters = {
    first: await gateway.invite('First', ['approver', 'second']),
    second: await gateway.invite('Second', ['approver', 'second']),
    alone: await gateway.invite('Alone', ['approver', 'incident']),
  };
  let worker: EnrolledAgent | undefined;
  let token = '';
  const pay = (mark: string): Promise<HttpReply> => {
    if (worker === undefined) throw new Error('nobody works');
    const { message, headers } = toolCall('pay', markedArguments('pay', mark));
    return worker.agent.send({ url, token, message, headers, patienceMilliseconds: 10_000 });
  };
  return {
    voters,
    pay,
    async enrol(driver) {
      const limits = { actions: [`${UPSTREAM}/pay`], expiresAt: Date.now() + DAY };
      worker = await driver.enrol({ limits });
    },
    async renew() {
      token = (await worker?.renew()) ?? '';
    },
    async play(step, mark, approval = '') {
      switch (step) {
        case 'ask':
          return readAsked(requirePending(await pay(mark)));
        case 'escalate':
          return waitForEscalation(voters.first, approval);
        case 'vote 1':
          return requireDone(await voters.first.decide(approval, 'approve'));
        case 'vote 2':
          return requireDone(await voters.second.decide(approval, 'approve'));
        case 'deny':
          return requireDone(await voters.second.decide(approval, 'deny'));
        case 'break glass':
          return breakGlass(voters.alone, approval);
        case 'release': {
          const reply = await pay(mark);
          if (!isResult(reply)) throw new Error(`not released: ${reply.body}`);
          return undefined;
        }
        case 'retry':
          requirePending(await pay(mark));
          return undefined;
      }
    },
  };
}

async function waitForEscalation(person: TestPerson, approval: string): Promise<undefined> {
  const until = Date.now() + ESCALATION_LIMIT_MILLISECONDS;
  while (Date.now() < until) {
    const { json } = await person.request('GET', `/v1/approvals/${approval}`);
    if ((json as { standing?: { mayApprove: boolean } } | undefined)?.standing?.mayApprove === true)
      return undefined;
    await sleep(50);
  }
  throw new Error('nobody was asked next');
}

async function breakGlass(person: TestPerson, approvalId: string): Promise<undefined> {
  const proposed = await person.request('POST', '/v1/approvals/glass', { approvalId, reason: REASON });
  const path = `/v1/approvals/glass/${(proposed.json as { id: string }).id}`;
  const begun = await person.request('POST', `${path}/challenge`, {});
  const { challenge } = begun.json as { challenge: string };
  return requireDone(
    await person.request('POST', `${path}/sign`, { assertion: person.passkey.assert(challenge) }),
  );
}

function requireDone({ status, body }: HttpReply): undefined {
  if (status !== 200) throw new Error(`refused: ${status} ${body}`);
  return undefined;
}

function requirePending(reply: HttpReply): HttpReply {
  if (!isPending(reply)) throw new Error(`nobody was asked: ${reply.body}`);
  return reply;
}
