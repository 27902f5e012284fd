import type { HttpReply, TestPerson } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

interface Handover {
  readonly id: string;
  readonly state: string;
  readonly digest: string;
  readonly agents: readonly {
    readonly id: string;
    readonly outcome: { readonly outcome: string; readonly delegations: readonly string[] } | null;
  }[];
}

const scene = useScene();
let ada: TestPerson;
let bo: TestPerson;
beforeAll(async () => {
  const { gateway } = scene();
  ada = await gateway.invite('Ada', ['owner']);
  bo = await gateway.invite('Bo', ['owner']);
});

const enrol = async (name: string): Promise<Caller> => {
  const { gateway, url } = scene();
  return createCaller(await gateway.enrol({ name, owner: ada }), url);
};
const propose = async (body: object): Promise<Handover> =>
  requireDone(await scene().gateway.operator('POST', '/v1/agents/handovers', { toPersonId: bo.id, ...body }));
const path = (id: string, step: string) => `/v1/agents/handovers/${id}/${step}`;
const refusal = ({ json }: HttpReply) => (json as { code?: string } | undefined)?.code;

async function sign(person: TestPerson, id: string, choice: object = {}): Promise<object> {
  const begun = await person.request('POST', path(id, 'challenge'), { choice });
  const { challenge } = requireDone<{ challenge: string }>(begun);
  return person.passkey.assert(challenge);
}

async function accept(person: TestPerson, id: string, choice: object = {}): Promise<HttpReply> {
  const assertion = await sign(person, id, choice);
  return person.request('POST', path(id, 'accept'), { choice, assertion });
}

const payment = { to: 'DE02', amount: 5, currency: 'EUR' };

async function callAgain(caller: Caller, delegationId: string, tool: string): Promise<HttpReply> {
  const { url } = scene();
  const { id: task } = await caller.agent.openTask({ delegationId, purpose: 'Again' });
  const token = await caller.agent.token({ task, resource: [url] });
  return caller.call(tool, tool === 'pay' ? payment : { text: 'x' }, { token });
}

describe('agent.handed-over', () => {
  it('gives the new owner what was used, and ends what the former owner gave', async () => {
    const { gateway } = scene();
    const used = await enrol('invoices');
    const idle = await enrol('idle');
    expect(isResult(await used.call('echo', { text: 'a' }))).toBe(true);
    const handover = await propose({ fromPersonId: ada.id, reason: 'Ada leaves' });
    const page = await bo.request('GET', `/agents/handovers/${handover.id}`);
    expect(page.status).toBe(200);
    for (const shown of ['invoices', 'idle', 'shop/echo', 'Ada leaves', handover.digest])
      expect(page.body).toContain(shown);

    const done = requireDone<Handover>(
      await accept(bo, handover.id, { agents: { [idle.agentId]: 'retire' } }),
    );
    const taken = done.agents.find(({ id }) => id === used.agentId)?.outcome;
    expect(done).toMatchObject({ state: 'accepted' });
    expect(taken).toMatchObject({ outcome: 'taken', delegations: [expect.stringMatching(/^dlg_/)] });
    const agent = await gateway.operator('GET', `/v1/agents/${used.agentId}`);
    expect(agent.json).toMatchObject({ ownerId: bo.id, state: 'active' });
    const other = await gateway.operator('GET', `/v1/agents/${idle.agentId}`);
    expect(other.json).toMatchObject({ state: 'retired' });

    // The old token is dead; who names the former delegation works under the new one, as far as it was used.
    expect(isResult(await used.call('echo', { text: 'b' }))).toBe(false);
    expect(isResult(await callAgain(used, used.delegation, 'echo'))).toBe(true);
    const refused = await callAgain(used, used.delegation, 'pay');
    expect(readRefusal(refused)).toBe('action.not_in_limits');
    const given = requireDone<{ limits: object }>(
      await gateway.operator('GET', `/v1/delegations/${taken?.delegations[0]}`),
    );
    expect(given).toMatchObject({
      fromPersonId: bo.id,
      limits: { upstreams: ['shop'], actions: ['shop/echo'] },
    });
    expect((await gateway.records({ kind: 'agent.handed_over' })).map(({ body }) => body)).toMatchObject([
      { choice: 'take', from: ada.id, to: bo.id },
      { choice: 'retire', from: ada.id, to: bo.id },
    ]);
  });

  it('gives all of it where that was chosen, and never more', async () => {
    const { gateway } = scene();
    const caller = await enrol('keeps-all');
    const handover = await propose({ agentIds: [caller.agentId] });
    const choice = { delegations: { [caller.delegation]: 'all' } };
    const done = requireDone<Handover>(await accept(bo, handover.id, choice));
    const [delegation] = done.agents[0]?.outcome?.delegations ?? [];
    const before = requireDone<{ limits: object }>(
      await gateway.operator('GET', `/v1/delegations/${caller.delegation}`),
    );
    const after = requireDone<{ limits: object }>(
      await gateway.operator('GET', `/v1/delegations/${delegation}`),
    );
    expect(after.limits).toEqual(before.limits);
  });

  it('gives the agents of somebody who has left to another, stopped until that one resumes them', async () => {
    const { gateway, url } = scene();
    const gone = await gateway.invite('Gone', ['owner']);
    const caller = createCaller(await gateway.enrol({ name: 'orphan', owner: gone }), url);
    expect(isResult(await caller.call('echo', { text: 'a' }))).toBe(true);
    requireDone(await gateway.operator('POST', `/v1/people/${gone.id}/leave`, { reason: 'left' }));
    const path = `/v1/agents/${caller.agentId}`;
    await expect
      .poll(async () => (await gateway.operator('GET', path)).json, { timeout: 20_000 })
      .toMatchObject({ state: 'orphaned' });
    const handover = await propose({ fromPersonId: gone.id });
    const done = requireDone<Handover>(await accept(bo, handover.id));
    expect(done.agents[0]?.outcome).toMatchObject({ outcome: 'taken', delegations: [expect.any(String)] });
    expect((await gateway.operator('GET', path)).json).toMatchObject({ ownerId: bo.id, state: 'suspended' });
    requireDone(await bo.request('POST', `${path}/resume`, {}));
    expect(isResult(await callAgain(caller, caller.delegation, 'echo'))).toBe(true);
    expect(readRefusal(await callAgain(caller, caller.delegation, 'pay'))).toBe('action.not_in_limits');
  });

  it('does not offer again what was revoked for a cause before its owner left', async () => {
    const { gateway, url } = scene();
    const gone = await gateway.invite('Gone too', ['owner']);
    const caller = createCaller(await gateway.enrol({ name: 'half-trusted', owner: gone }), url);
    const { agentId } = caller;
    const limits = { upstreams: ['shop'], actions: ['shop/pay'], expiresAt: Date.now() + 3_600_000 };
    const given = { agentId, fromPersonId: gone.id, purpose: 'Misused', limits };
    const misused = requireDone<{ id: string }>(await gateway.operator('POST', '/v1/delegations', given));
    requireDone(await gateway.operator('POST', `/v1/delegations/${misused.id}/revoke`, {}));
    requireDone(await gateway.operator('POST', `/v1/people/${gone.id}/leave`, { reason: 'left' }));
    await expect
      .poll(async () => (await gateway.operator('GET', `/v1/agents/${agentId}`)).json, { timeout: 20_000 })
      .toMatchObject({ state: 'orphaned' });
    const handover = await propose({ fromPersonId: gone.id });
    expect(handover.agents).toMatchObject([{ id: agentId, delegations: 1 }]);
    const again = { choice: { delegations: { [misused.id]: 'all' } } };
    expect(refusal(await bo.request('POST', path(handover.id, 'challenge'), again))).toBe(
      'server.request_invalid',
    );
  });

  it('changes nothing when it is declined, taken back or too late', async () => {
    const { gateway } = scene();
    const caller = await enrol('stays');
    const ids = { agentIds: [caller.agentId] };
    const declined = await propose(ids);
    requireDone(await bo.request('POST', path(declined.id, 'decline'), { reason: 'not mine' }));
    expect(refusal(await bo.request('POST', path(declined.id, 'challenge'), {}))).toBe(
      'agent.handover_not_open',
    );
    const withdrawn = await propose(ids);
    expect(refusal(await ada.request('POST', path(withdrawn.id, 'decline'), {}))).toBe('person.forbidden');
    requireDone(await gateway.operator('POST', path(withdrawn.id, 'decline')));
    const agent = await gateway.operator('GET', `/v1/agents/${caller.agentId}`);
    expect(agent.json).toMatchObject({ ownerId: ada.id, state: 'active' });
  });
});

describe('agent.handover-attacked', () => {
  it('is answered by nobody but who was asked, and proposed by nobody but owners', async () => {
    const { gateway } = scene();
    const caller = await enrol('wanted');
    const thief = await gateway.invite('Thief', ['owner']);
    const mine = { toPersonId: thief.id, agentIds: [caller.agentId] };
    expect(refusal(await thief.request('POST', '/v1/agents/handovers', mine))).toBe('person.forbidden');
    const handover = await propose({ agentIds: [caller.agentId] });
    for (const person of [ada, thief, gateway.administrator])
      expect(refusal(await person.request('POST', path(handover.id, 'challenge'), {}))).toBe(
        'person.forbidden',
      );
    const assertion = await sign(bo, handover.id);
    expect(refusal(await thief.request('POST', path(handover.id, 'accept'), { assertion }))).toBe(
      'person.forbidden',
    );
    const auditor = await gateway.invite('Auditor', ['auditor']);
    const given = await gateway.operator('POST', '/v1/agents/handovers', { ...mine, toPersonId: auditor.id });
    expect(refusal(given)).toBe('person.not_found');
  });

  it('takes a signature for exactly the choices that were signed, once', async () => {
    const caller = await enrol('signed');
    const handover = await propose({ agentIds: [caller.agentId] });
    const assertion = await sign(bo, handover.id);
    const wider = { choice: { delegations: { [caller.delegation]: 'all' } }, assertion };
    expect(refusal(await bo.request('POST', path(handover.id, 'accept'), wider))).toBe(
      'person.passkey_refused',
    );
    const other = await propose({ agentIds: [caller.agentId] });
    expect(refusal(await bo.request('POST', path(other.id, 'accept'), { assertion }))).toBe(
      'person.passkey_refused',
    );
    const strange = { choice: { delegations: { dlg_01ARZ3NDEKTSV4RRFFQ69G5FAV: 'all' } } };
    expect(refusal(await bo.request('POST', path(handover.id, 'challenge'), strange))).toBe(
      'server.request_invalid',
    );
    requireDone(await bo.request('POST', path(handover.id, 'accept'), { assertion }));
    expect(refusal(await bo.request('POST', path(handover.id, 'accept'), { assertion }))).toBe(
      'agent.handover_not_open',
    );
    // The other one is about an agent that has another owner by now.
    const late = requireDone<Handover>(await accept(bo, other.id));
    expect(late.agents[0]?.outcome).toMatchObject({ outcome: 'left' });
  });
});
