import type { HttpReply, TestPerson } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { eventually } from '../browser/ground/eventually.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { runCountersign } from './ground/run-countersign.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const week = 7 * 24 * 3_600_000;
const environment = { COUNTERSIGN_APPROVALS_SEEDED_CHECKS: '7' };
const reason = 'Wrong recipient';
const scene = useScene({ policy: ASK_BEFORE_PAY, environment });

/** What the person's browser sends once they have signed in again. */
async function signIn({ request, passkey }: TestPerson): Promise<Record<string, string>> {
  const { challenge } = requireDone<{ challenge: string }>(
    await request('POST', '/v1/people/sign-in/begin', {}),
  );
  const reply = await request('POST', '/v1/people/sign-in/finish', passkey.assert(challenge));
  return { cookie: reply.headers['set-cookie']?.split(';')[0] ?? '' };
}

describe('people who are checked', () => {
  let dana: TestPerson;
  let caller: Caller;
  let refused: string;
  let asDana: (method: string, path: string, body?: object) => Promise<HttpReply>;

  const listMine = async () => {
    const { json } = await asDana('GET', '/v1/approvals?filter=mine');
    return (json as { items: readonly { id: string; drill: string | null; agentId: string }[] }).items;
  };

  beforeAll(async () => {
    const { gateway, url } = scene();
    dana = await gateway.invite('Dana Okoye', ['approver']);
    let now = Date.now();
    const moveTo = (at: number) => {
      gateway.advance(at - now);
      now = at;
    };
    // The times of the week are drawn at its start, and all of them have come at its end.
    const start = (Math.floor(now / week) + 1) * week;
    moveTo(start);
    await gateway.restart();
    // An answer over a socket comes after the jobs have begun, with the time of now.
    await gateway.records();
    moveTo(start + week - 1_200_000);
    caller = createCaller(await gateway.enrol(), url);
    refused = readAsked(await caller.call('pay', PAYMENT));
    const { administrator } = gateway;
    const headers = await signIn(administrator);
    requireDone(await administrator.request('POST', `/v1/approvals/${refused}/deny`, { reason }, headers));
    await gateway.restart();
    const own = await signIn(dana);
    asDana = (method, path, body) => dana.request(method, path, body, own);
  }, 180_000);

  it('approval.seeded-check: are shown what a colleague refused, alone, and told at once when they approve it', async () => {
    const { gateway, upstream } = scene();
    await eventually(async () => (await listMine()).length).toBe(1);
    const [check] = await listMine();
    if (check === undefined) throw new Error('nobody was checked');
    expect(check).toMatchObject({ agentId: caller.agentId, drill: null });
    const everybody = await gateway.operator('GET', '/v1/approvals?filter=all');
    expect(everybody.body).not.toContain(check.id);
    expect((await gateway.operator('GET', `/v1/approvals/${check.id}`)).status).toBe(404);
    const path = `/v1/approvals/${check.id}`;
    const { challenge } = requireDone<{ challenge: string }>(await asDana('POST', `${path}/challenge`, {}));
    const assertion = dana.passkey.assert(challenge);
    expect(requireDone(await asDana('POST', `${path}/approve`, { assertion }))).toMatchObject({
      state: 'cancelled',
    });
    const { json } = await asDana('GET', path);
    expect(json).toMatchObject({ check: { outcome: 'missed', reason } });
    expect((await asDana('GET', `/approvals/${check.id}`)).body).toContain('This was a check');
    const again = await caller.call('pay', PAYMENT);
    expect(again.body).not.toContain(check.id);
    expect(upstream.journal.calls('pay')).toHaveLength(0);
    expect(await gateway.records({ kind: 'action.release' })).toEqual([]);
  });

  it('approval.seeded-check: are measured by themselves', async () => {
    const { gateway } = scene();
    const { json } = await gateway.operator('GET', '/v1/approvals/attention');
    expect(json).toMatchObject({
      people: [{ person: gateway.administrator.id, denied: 1 }],
      checks: { people: [{ person: dana.id, missed: 1, caught: 0 }] },
    });
    const server = { COUNTERSIGN_DATA: gateway.folder, COUNTERSIGN_URL: gateway.url };
    const told = await runCountersign(['approvals', 'attention'], {
      folder: gateway.folder,
      environment: server,
    });
    expect(told.stdout).toMatch(/CHECKED +CAUGHT +MISSED/);
    expect(told.stdout).toMatch(/Dana Okoye +0 +1 +0 +0/);
    const [answered] = await gateway.records({ kind: 'approval.check_answered' });
    expect(answered).toMatchObject({ person: dana.id, body: { outcome: 'missed' } });
    expect(await gateway.records({ kind: 'approval.granted' })).toEqual([]);
  });
});
