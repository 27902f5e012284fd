import type { TestRecord } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPending, PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { isResult } from '../attacks/ground/read-refusal.ts';
import { type ConnectedClient, connectClient } from './ground/connect-client.ts';
import { type Caller, createCaller, readText } from './ground/create-caller.ts';
import { readAction, readEvidence } from './ground/read-evidence.ts';
import { useScene } from './ground/use-scene.ts';

const scene = useScene({ policy: ASK_BEFORE_PAY });

describe('approval.picked-up', () => {
  let caller: Caller;
  let approval: string;
  beforeAll(async () => {
    const { gateway, url } = scene();
    caller = createCaller(await gateway.enrol(), url);
  });

  it('starts with PENDING, the link and a code that the page shows too', async () => {
    const { gateway, upstream } = scene();
    const reply = await caller.call('pay', PAYMENT);
    approval = readAsked(reply);
    expect(isResult(reply)).toBe(true);
    expect(readText(reply)).toContain(`${gateway.url}/approvals/${approval}`);
    const { json } = await gateway.administrator.request('GET', `/v1/approvals/${approval}`);
    expect(json).toMatchObject({ id: approval, state: 'requested' });
    const { presented } = json as { presented: { matchCode: string } };
    expect(readText(reply)).toContain(`code ${presented.matchCode}`);
    expect(upstream.journal.calls('pay')).toHaveLength(0);
  });

  it('asks once, however often the same call comes before the decision', async () => {
    const { gateway } = scene();
    expect(readAsked(await caller.call('pay', PAYMENT))).toBe(approval);
    const requested = await gateway.records({ kind: 'approval.requested', agent: caller.agentId });
    expect(requested).toHaveLength(1);
  });

  it('lets exactly this call go once a passkey has signed it', async () => {
    const { gateway, upstream } = scene();
    const decided = await gateway.administrator.decide(approval, 'approve');
    expect(decided.json).toMatchObject({ id: approval, state: 'approved' });
    expect(isPending(await caller.call('pay', { ...PAYMENT, amount: PAYMENT.amount + 1 }))).toBe(true);
    const reply = await caller.call('pay', PAYMENT);
    expect(JSON.parse(readText(reply))).toEqual(PAYMENT);
    expect(upstream.journal.calls('pay').map(({ arguments: given }) => given)).toEqual([PAYMENT]);
  });

  it('is spent then: the same call again needs a person again', async () => {
    const { upstream } = scene();
    expect(readAsked(await caller.call('pay', PAYMENT))).not.toBe(approval);
    expect(upstream.journal.calls('pay')).toHaveLength(1);
  });

  it('leaves who asked, who signed and what was let go, linked from end to end', async () => {
    const { gateway } = scene();
    const records = (await gateway.records({ approval })).toReversed();
    const find = (kind: string): TestRecord => {
      const found = records.filter((record) => record.kind === kind);
      expect(found, kind).toHaveLength(1);
      return found[0] as TestRecord;
    };
    const [asked, voted, granted, release] = [
      find('approval.requested'),
      find('approval.voted'),
      find('approval.granted'),
      find('action.release'),
    ];
    const first = await readAction(gateway, String(asked.action));
    expect(first.map(({ kind }) => kind).slice(0, 3)).toEqual([
      'action.intent',
      'action.decision',
      'approval.requested',
    ]);
    expect(first[1]).toMatchObject({ body: { effect: 'step_up' } });
    expect(asked.causes).toEqual([first[1]?.id]);
    expect(voted).toMatchObject({ causes: [asked.id], person: gateway.administrator.id });
    expect(granted).toMatchObject({
      causes: [asked.id, voted.id],
      body: { people: [gateway.administrator.id] },
    });

    const went = await readEvidence(gateway, { action: String(release.action) });
    expect(went.decision).toMatchObject({ approval, body: { effect: 'allow', decidedBy: 'approval' } });
    expect(went.decision.causes).toEqual([went.intent.id, asked.id, granted.id]);
    expect(release.causes).toEqual([went.decision.id, granted.id]);
    expect(release).toMatchObject({ body: { approvers: [gateway.administrator.id] } });
    expect(went.outcome).toMatchObject({ body: { status: 'completed' } });
  });
});

describe('approval.elicited', () => {
  const opened: string[] = [];
  let connected: ConnectedClient;
  beforeAll(async () => {
    const { gateway, url } = scene();
    connected = await connectClient(gateway, url, {
      // What a person does with the link: open the page, look, and sign with a passkey.
      async open(link) {
        opened.push(link);
        const page = await gateway.administrator.request('GET', new URL(link).pathname);
        expect(page.status).toBe(200);
        expect(page.body).toContain('DE00 9999');
        const approval = link.split('/').at(-1) ?? '';
        setTimeout(() => void gateway.administrator.decide(approval, 'approve'), 300);
        return 'accept';
      },
    });
  });
  afterAll(() => connected?.client.close());

  it('completes within one call of an unmodified client', async () => {
    const { gateway, upstream } = scene();
    const { client, enrolled } = connected;
    const payment = { ...PAYMENT, to: 'DE00 9999' };
    const result = await client.callTool({ name: 'pay', arguments: payment });
    expect(result.isError ?? false).toBe(false);
    expect(result.content).toEqual([{ type: 'text', text: JSON.stringify(payment) }]);
    expect(opened).toHaveLength(1);
    expect(opened[0]).toContain(`${gateway.url}/approvals/apr_`);
    expect(upstream.journal.calls('pay').at(-1)?.arguments).toEqual(payment);
    const { release, decision } = await readEvidence(gateway, {
      agent: enrolled.agent.agentId,
      tool: 'shop/pay',
    });
    expect(release).toMatchObject({ body: { approvers: [gateway.administrator.id] } });
    expect(decision).toMatchObject({ body: { effect: 'allow', decidedBy: 'approval' } });
  });
});
