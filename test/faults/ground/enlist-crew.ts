import type { GatewayDriver, RawAgent, TestPerson } from '@countersign/testkit';
import { ASK_BEFORE_PAY } from '../../attacks/ground/policies.ts';
import { UPSTREAM } from './marks.ts';

/** Who works through a whole run, across every restart. */
export interface Crew {
  readonly agents: readonly { readonly agent: RawAgent; readonly delegation: string }[];
  readonly approver: TestPerson;
  /** The MCP endpoint behind the gateway. */
  readonly url: string;
}

const DAY = 86_400_000;

/** Adds the upstream, a policy that asks before payments, an approver and agents that may echo and pay. */
export async function enlistCrew(gateway: GatewayDriver, at: string, agents: number): Promise<Crew> {
  const url = await gateway.addUpstream(UPSTREAM, { url: at });
  const activated = await gateway.activatePolicy(ASK_BEFORE_PAY);
  if (activated.status >= 300) throw new Error(`the policy was refused: ${activated.body}`);
  const limits = { actions: [`${UPSTREAM}/echo`, `${UPSTREAM}/pay`], expiresAt: Date.now() + DAY };
  const crew: { agent: RawAgent; delegation: string }[] = [];
  for (let n = 0; n < agents; n += 1) crew.push(await gateway.enrol({ limits }));
  return { agents: crew, approver: await gateway.invite('Approver', ['approver']), url };
}
