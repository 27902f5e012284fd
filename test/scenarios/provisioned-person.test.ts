import { fileURLToPath } from 'node:url';
import { type HttpReply, joinPerson, type TestPerson } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { readEvidence, waitForRecord } from './ground/read-evidence.ts';
import { startWaitingUpstream } from './ground/start-waiting-upstream.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const scene = useScene({
  upstream: startWaitingUpstream,
  policy: ASK_BEFORE_PAY,
  configFile: fileURLToPath(new URL('ground/people.yaml', import.meta.url)),
});
const PATIENCE = { patienceMilliseconds: 15_000 };
const userName = 'ana@example.test';

let person: TestPerson;
let caller: Caller;
let neighbour: Caller;
let send: (method: string, path: string, body?: object) => Promise<Response>;
let groupId = '';
let pending = '';
let yes = '';

async function read<Answer>(response: Response): Promise<Answer> {
  if (!response.ok) throw new Error(`the directory was refused: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

beforeAll(async () => {
  const { gateway, url } = scene();
  const invited = requireDone<{ link: string }>(
    await gateway.operator('POST', '/v1/people', { displayName: 'Ana', email: userName, roles: ['owner'] }),
  );
  person = await joinPerson(gateway.url, invited.link);
  const { token } = requireDone<{ token: string }>(
    await gateway.operator('POST', '/v1/people/scim-tokens', { name: 'Directory' }),
  );
  send = (method, path, body) =>
    fetch(`${gateway.url}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  caller = createCaller(await gateway.enrol({ owner: person }), url);
  neighbour = createCaller(await gateway.enrol(), url);
});

describe('person.provisioned', () => {
  it('takes over whom it knows by e-mail, and lets the group give what the setting says', async () => {
    const { gateway } = scene();
    const hired = await read<{ id: string }>(await send('POST', '/Users', { userName, active: true }));
    expect(hired.id).toBe(person.id);
    const asked = readAsked(await neighbour.call('pay', PAYMENT));
    expect((await person.decide(asked, 'approve')).status).toBe(403);
    const group = { displayName: 'Payment approvers', members: [{ value: person.id }] };
    groupId = (await read<{ id: string }>(await send('POST', '/Groups', group))).id;
    expect((await person.decide(asked, 'approve')).json).toMatchObject({ state: 'approved' });
    const { json } = await gateway.operator('GET', `/v1/people/${person.id}`);
    expect(json).toMatchObject({ roles: ['owner', 'approver'] });
  });
});

describe('person.leaver-cut', () => {
  let waiting: Promise<HttpReply>;

  it('cuts the call in flight and keeps every agent of theirs out', async () => {
    const { gateway, upstream } = scene();
    pending = readAsked(await caller.call('pay', PAYMENT));
    yes = readAsked(await neighbour.call('pay', { ...PAYMENT, amount: 7 }));
    expect((await person.decide(yes, 'approve')).json).toMatchObject({ state: 'approved' });
    waiting = caller.call('wait', {}, PATIENCE);
    await expect.poll(() => upstream.journal.calls('wait').length).toBe(1);
    const off = { Operations: [{ op: 'Replace', path: 'active', value: 'False' }] };
    expect(await read(await send('PATCH', `/Users/${person.id}`, off))).toMatchObject({ active: false });
    expect(readRefusal(await waiting)).toBe('agent.not_active');
    await expect.poll(() => upstream.abandoned()).toBe(1);
    const { outcome } = await readEvidence(gateway, { agent: caller.agentId });
    expect(outcome).toMatchObject({ body: { status: 'cut' } });
    expect(isResult(await caller.call('echo', { text: 'again' }))).toBe(false);
    expect(isResult(await neighbour.call('echo', { text: 'still here' }))).toBe(true);
    const { json } = await gateway.operator('GET', `/v1/agents/${caller.agentId}`);
    expect(json).toMatchObject({ state: 'orphaned' });
  });
});

describe('person.leaver-ends', () => {
  it('ends what they delegated and were to decide, and keeps the history', async () => {
    const { gateway } = scene();
    const asked = (await gateway.operator('GET', `/v1/approvals/${pending}`)).json;
    expect(asked).toMatchObject({ state: 'cancelled' });
    expect(isResult(await neighbour.call('pay', { ...PAYMENT, amount: 7 }))).toBe(true);
    const spent = await gateway.records({ kind: 'action.release', approval: yes });
    expect(spent).toHaveLength(0);
    const delegation = (await gateway.operator('GET', `/v1/delegations/${caller.delegation}`)).json;
    expect(delegation).toMatchObject({ revokedAt: expect.any(Number) });
    expect((await person.request('GET', '/v1/people/me')).status).toBe(401);
    expect((await send('DELETE', `/Users/${person.id}`)).status).toBe(204);
    expect((await send('DELETE', `/Users/${person.id}`)).status).toBe(404);
    expect((await send('GET', `/Groups/${groupId}`)).status).toBe(200);
    const left = await waitForRecord(gateway, 'person.left', { person: person.id });
    const ended = await gateway.records({ kind: 'delegation.revoked' });
    expect(ended.some(({ causes }) => causes.includes(left.id))).toBe(true);
    expect(await gateway.records({ kind: 'approval.voted', person: person.id })).not.toHaveLength(0);
  });
});
