import { type HttpReply, type TestGateway, toolCall } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { followNaiveLink, PAYMENT, pay } from './ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from './ground/policies.ts';
import { isResult, readRefusal } from './ground/read-refusal.ts';
import { buildSide, type Side } from './ground/side.ts';
import { useGround } from './ground/use-ground.ts';

const capabilities = { elicitation: { url: {} } };

describe('approval.tampered-state', () => {
  const ground = useGround({ policy: ASK_BEFORE_PAY, ask: ['shop/pay'] });
  const send = (side: Side, args: object, more: object = {}): Promise<HttpReply> => {
    const { message, headers } = toolCall('pay', args, { capabilities });
    return side.send({ ...message, params: { ...message.params, ...more } }, { headers });
  };
  const askWithLink = async (side: Side): Promise<string> => {
    const { json } = await send(side, PAYMENT);
    const { result } = json as { result: { resultType: string; requestState: string } };
    expect(result.resultType).toBe('input_required');
    return result.requestState;
  };

  it('has no seal to break at a naive gateway', async () => {
    const { naive } = ground();
    await followNaiveLink(naive, await pay(naive));
    expect(isResult(await send(naive, PAYMENT, { requestState: 'anything' }))).toBe(true);
  });

  it.each([
    ['a changed byte', (state: string) => `${state.slice(0, -2)}${state.endsWith('AA') ? 'BB' : 'AA'}`],
    ['a cut-off state', (state: string) => state.slice(0, 20)],
    ['an invented state', () => Buffer.from('{"approval":"apr_1"}').toString('base64url')],
    ['a state without end', () => 'a'.repeat(100_000)],
  ])('is refused here: %s', async (_what, tamper) => {
    const { here } = ground();
    const requestState = tamper(await askWithLink(here));
    const reply = await send(here, PAYMENT, { requestState });
    expect(readRefusal(reply), reply.body).toBe('approval.state_invalid');
    expect(here.forwarded('pay')).toBe(0);
  });

  it('is refused here for another call and for another agent', async () => {
    const { here } = ground();
    const requestState = await askWithLink(here);
    // Once it is decided nobody is kept waiting for it any more.
    const [approval] = await listApprovals(here.gateway);
    await here.gateway.administrator.decide(approval ?? '', 'approve');
    const more = await send(here, { ...PAYMENT, amount: 999_999 }, { requestState });
    expect(readRefusal(more)).toBe('approval.state_invalid');
    const other = await here.gateway.enrol();
    const otherSide = buildSide({ ...here, agent: other.agent, token: other.token });
    expect(readRefusal(await send(otherSide, PAYMENT, { requestState }))).toBe('approval.state_invalid');
    expect(here.forwarded('pay')).toBe(0);
  });
});

async function listApprovals({ operator }: TestGateway): Promise<readonly string[]> {
  const { json } = await operator('GET', '/v1/approvals');
  return (json as { items: readonly { id: string }[] }).items.map(({ id }) => id);
}
