import { verifyReviewReport } from '@countersign/ledger';
import type { HttpReply, TestPerson } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

interface Review {
  readonly id: string;
  readonly state: string;
  readonly open: number;
  readonly list: readonly {
    readonly id: string;
    readonly agentId: string;
    readonly delegationId: string | null;
    readonly tier: number;
  }[];
}
interface Item {
  readonly id: string;
  readonly digest: string;
  readonly state: string;
  readonly toDelegation: string | null;
  readonly use: { readonly calls: number } | null;
  readonly granted: { readonly toolCount: number } | null;
}

const scene = useScene();
const day = 86_400_000;
const payment = { to: 'DE02', amount: 5, currency: 'EUR' };
let ada: TestPerson;
beforeAll(async () => {
  const { gateway } = scene();
  ada = await gateway.invite('Ada', ['owner']);
  for (const tool of ['echo', 'pay'])
    requireDone(
      await gateway.operator('PUT', `/v1/upstreams/shop/tools/${tool}/classification`, {
        effects: tool === 'pay' ? ['write'] : ['read'],
        dataDomain: 'shop',
      }),
    );
});

const refusal = ({ json }: HttpReply) => (json as { code?: string } | undefined)?.code;
const itemPath = (id: string, step = '') => `/v1/reviews/items/${id}${step}`;
const enrol = async (name: string, limits: object = {}): Promise<Caller> => {
  const { gateway, url } = scene();
  const bounds = { effects: ['read', 'write'] as const, upstreams: ['shop'], actions: ['shop/*'], ...limits };
  const expiresAt = Date.now() + 80 * day;
  return createCaller(await gateway.enrol({ name, owner: ada, limits: { ...bounds, expiresAt } }), url);
};

async function open(input: object = {}): Promise<Review> {
  const { gateway } = scene();
  const asked = { title: 'Autumn', scope: { ownerId: ada.id }, ...input };
  const { id } = requireDone<Review>(await gateway.operator('POST', '/v1/reviews', asked));
  return requireDone<Review>(await gateway.operator('GET', `/v1/reviews/${id}`));
}

async function findItem(review: Review, caller: Caller): Promise<Item> {
  const found = review.list.find(({ agentId }) => agentId === caller.agentId);
  return requireDone<Item>(await scene().gateway.operator('GET', itemPath(found?.id ?? '')));
}

async function give(person: TestPerson, { agentId }: Caller, limits: object): Promise<string> {
  const bounds = { upstreams: ['shop'], actions: ['shop/*'], expiresAt: Date.now() + day, ...limits };
  const given = await person.request('POST', '/v1/delegations', {
    agentId,
    purpose: 'A little',
    limits: bounds,
  });
  return requireDone<{ id: string }>(given).id;
}

async function findGiven({ list }: Review, delegation: string): Promise<Item> {
  const id = list.find(({ delegationId }) => delegationId === delegation)?.id ?? '';
  return requireDone<Item>(await scene().gateway.operator('GET', itemPath(id)));
}

async function sign(person: TestPerson, path: string, body: object): Promise<object> {
  const begun = await person.request('POST', `${path}/challenge`, body);
  return person.passkey.assert(requireDone<{ challenge: string }>(begun).challenge);
}

async function decide(person: TestPerson, item: Item, given: object = {}): Promise<HttpReply> {
  const body = { decision: 'shrink', digest: item.digest, ...given };
  const assertion = await sign(person, itemPath(item.id), body);
  return person.request('POST', itemPath(item.id, '/decide'), { ...body, milliseconds: 8_000, assertion });
}

async function undo(person: TestPerson, item: Item): Promise<HttpReply> {
  const assertion = await sign(person, itemPath(item.id, '/undo'), {});
  return person.request('POST', itemPath(item.id, '/undo'), { assertion });
}

async function callAgain({ agent, delegation, call }: Caller, tool: string): Promise<HttpReply> {
  const { id: task } = await agent.openTask({ delegationId: delegation, purpose: 'Again' });
  const token = await agent.token({ task, resource: [scene().url] });
  return call(tool, tool === 'pay' ? payment : { text: 'x' }, { token });
}

describe('review.shrunk-to-use', () => {
  it('compares granted with used, shrinks as signed, and is undone in one step', async () => {
    const { gateway } = scene();
    const caller = await enrol('shrinks');
    expect(isResult(await caller.call('echo', { text: 'a' }))).toBe(true);
    const item = await findItem(await open(), caller);
    expect(item).toMatchObject({
      granted: { toolCount: 2 },
      use: { calls: 1, tools: [{ tool: 'echo', allowed: 1 }] },
      proposed: { actions: ['shop/echo'], effects: ['read'], dataDomains: ['shop'] },
      narrowing: expect.arrayContaining(['May call only shop/echo.']),
    });
    const page = await ada.request('GET', `/reviews/items/${item.id}`);
    expect(page.body).toContain('May call only shop/echo.');

    const done = requireDone<Item>(await decide(ada, item));
    expect(done).toMatchObject({ state: 'decided', decision: 'shrink', milliseconds: 8_000 });
    // The old token is dead; the agent goes on as far as it was used, under the name it knows.
    expect(isResult(await caller.call('echo', { text: 'b' }))).toBe(false);
    expect(isResult(await callAgain(caller, 'echo'))).toBe(true);
    expect(readRefusal(await callAgain(caller, 'pay'))).toBe('action.not_in_limits');

    requireDone(await undo(ada, item));
    expect(isResult(await callAgain(caller, 'pay'))).toBe(true);
    expect(refusal(await ada.request('POST', itemPath(item.id, '/undo/challenge'), {}))).toBe(
      'review.not_undoable',
    );
    const [undone] = await gateway.records({ kind: 'review.undone' });
    expect(undone).toMatchObject({ agent: caller.agentId, body: { by: ada.id, item: item.id } });
  });

  it('revokes what was not used at all, keeps what somebody gives a reason for, and retires', async () => {
    const { gateway } = scene();
    const [idle, kept, gone] = [await enrol('idle'), await enrol('kept'), await enrol('gone')];
    const review = await open();
    const item = await findItem(review, idle);
    expect(item).toMatchObject({ proposed: null });
    requireDone(await decide(ada, item));
    const delegation = await gateway.operator('GET', `/v1/delegations/${idle.delegation}`);
    expect(delegation.json).toMatchObject({ state: 'revoked' });

    const keeping = await findItem(review, kept);
    const body = { decision: 'keep', digest: keeping.digest };
    expect(refusal(await ada.request('POST', itemPath(keeping.id, '/challenge'), body))).toBe(
      'review.reason_needed',
    );
    requireDone(await decide(ada, keeping, { decision: 'keep', reason: 'Runs at the end of the year' }));
    expect(isResult(await callAgain(kept, 'pay'))).toBe(true);

    requireDone(await decide(ada, await findItem(review, gone), { decision: 'retire' }));
    const agent = await gateway.operator('GET', `/v1/agents/${gone.agentId}`);
    expect(agent.json).toMatchObject({ state: 'retired' });
  });
});

describe('review.attacked', () => {
  it('lets nobody review what they own or gave at the top tier, or what is not theirs', async () => {
    const { gateway } = scene();
    const risky = await enrol('risky', { effects: ['read', 'admin'] });
    const plain = await enrol('plain');
    const review = await open();
    const item = await findItem(review, risky);
    const body = { decision: 'keep', reason: 'mine', digest: item.digest };
    expect(refusal(await ada.request('POST', itemPath(item.id, '/challenge'), body))).toBe('review.own');
    const stranger = await gateway.invite('Stranger', ['owner']);
    const other = await findItem(review, plain);
    const asked = { digest: other.digest };
    expect(refusal(await stranger.request('POST', itemPath(other.id, '/challenge'), asked))).toBe(
      'person.forbidden',
    );
    expect(refusal(await gateway.operator('POST', itemPath(other.id, '/challenge'), asked))).toBe(
      'person.forbidden',
    );
    requireDone(await decide(gateway.administrator, item));
  });

  it('ends nobody else’s agent for whoever gave it a little', async () => {
    const { gateway } = scene();
    const victim = await enrol('victim');
    const mallory = await gateway.invite('Mallory', ['owner']);
    const little = await give(mallory, victim, { effects: ['read'] });
    const item = await findGiven(await open(), little);
    const retire = { decision: 'retire', digest: item.digest };
    expect(refusal(await mallory.request('POST', itemPath(item.id, '/challenge'), retire))).toBe(
      'person.forbidden',
    );
    // What was signed for another decision is none for this one either.
    const assertion = await sign(mallory, itemPath(item.id), { decision: 'revoke', digest: item.digest });
    const decided = await mallory.request('POST', itemPath(item.id, '/decide'), { ...retire, assertion });
    expect(refusal(decided)).toBe('person.forbidden');
    const page = await mallory.request('GET', `/reviews/items/${item.id}`);
    expect(page.body).not.toContain('Retire the agent');
    requireDone(await decide(mallory, item, { decision: 'revoke' }));
    expect((await gateway.operator('GET', `/v1/agents/${victim.agentId}`)).json).toMatchObject({
      state: 'active',
    });
    // Who gave it may not delegate any more: it is given back in nobody's name.
    requireDone(await gateway.operator('PUT', `/v1/people/${mallory.id}/roles`, { roles: ['approver'] }));
    expect(refusal(await ada.request('POST', itemPath(item.id, '/undo/challenge'), {}))).toBe(
      'review.not_undoable',
    );
  });

  it('counts who owns the agent now, not who did when the review was opened', async () => {
    const { gateway } = scene();
    const sold = await enrol('sold');
    const giver = await gateway.invite('Giver', ['owner']);
    const low = await give(giver, sold, { effects: ['read'] });
    const top = await give(giver, sold, { effects: ['read', 'admin'] });
    const review = await open();
    const { administrator } = gateway;
    const reassigned = { ownerId: administrator.id };
    requireDone(await gateway.operator('PUT', `/v1/agents/${sold.agentId}/owner`, reassigned));
    const former = await findGiven(review, low);
    const retire = { decision: 'retire', digest: former.digest };
    expect(refusal(await ada.request('POST', itemPath(former.id, '/challenge'), retire))).toBe(
      'person.forbidden',
    );
    const own = await findGiven(review, top);
    const keep = { decision: 'keep', reason: 'mine', digest: own.digest };
    expect(refusal(await administrator.request('POST', itemPath(own.id, '/challenge'), keep))).toBe(
      'review.own',
    );
    requireDone(await decide(administrator, former, { decision: 'retire' }));
  });

  it('refuses what is no longer what was shown, and a signature for anything else or a second time', async () => {
    const caller = await enrol('moves');
    await caller.call('echo', { text: 'a' });
    const review = await open();
    const item = await findItem(review, caller);
    const body = { decision: 'shrink', digest: item.digest };
    const assertion = await sign(ada, itemPath(item.id), body);
    const widened = { decision: 'keep', reason: 'because', digest: item.digest, assertion };
    expect(refusal(await ada.request('POST', itemPath(item.id, '/decide'), widened))).toBe(
      'person.passkey_refused',
    );
    // The same again changes nothing of what was shown; a tool that was not used before does.
    await caller.call('echo', { text: 'b' });
    expect((await findItem(review, caller)).digest).toBe(item.digest);
    await caller.call('pay', payment);
    expect(refusal(await ada.request('POST', itemPath(item.id, '/decide'), { ...body, assertion }))).toBe(
      'review.changed',
    );
    const fresh = await findItem(review, caller);
    const again = { decision: 'shrink', digest: fresh.digest };
    const signed = await sign(ada, itemPath(item.id), again);
    requireDone(await ada.request('POST', itemPath(item.id, '/decide'), { ...again, assertion: signed }));
    expect(
      refusal(await ada.request('POST', itemPath(item.id, '/decide'), { ...again, assertion: signed })),
    ).toBe('review.not_open');
  });

  it('shrinks low risk together over a list of digests, and nothing of a higher tier', async () => {
    const { gateway } = scene();
    const lea = await gateway.invite('Lea', ['owner']);
    const { url } = scene();
    const limits = { upstreams: ['shop'], actions: ['shop/*'], effects: ['read', 'write'] as const };
    const low = createCaller(await gateway.enrol({ name: 'low', owner: lea, limits }), url);
    const spends = { ...limits, effects: ['spend'] as const, spendMinor: 5, currency: 'EUR' };
    const high = createCaller(await gateway.enrol({ name: 'high', owner: lea, limits: spends }), url);
    await low.call('echo', { text: 'a' });
    const review = await open({ scope: { ownerId: lea.id } });
    const page = await lea.request('GET', `/reviews/${review.id}`);
    const digest = /data-digest="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const path = `/v1/reviews/${review.id}/shrink`;
    const assertion = await sign(lea, path, { digest });
    const decided = await lea.request('POST', path, { digest, milliseconds: 4_000, assertion });
    expect(requireDone(decided)).toEqual({ decided: 1 });
    expect(await findItem(review, low)).toMatchObject({ state: 'decided', milliseconds: 4_000 });
    expect(await findItem(review, high)).toMatchObject({ state: 'open', tier: 2 });
    const after = await lea.request('POST', `${path}/challenge`, { digest });
    expect(refusal(after)).toBe('review.one_by_one');
  });
});

describe('review.signed-evidence', () => {
  it('closes when all is decided, and signs who decided what and how long they looked', async () => {
    const { gateway } = scene();
    const eve = await gateway.invite('Eve', ['owner']);
    const { url } = scene();
    const caller = createCaller(await gateway.enrol({ name: 'closed', owner: eve }), url);
    const review = await open({ scope: { ownerId: eve.id } });
    expect(refusal(await gateway.operator('POST', `/v1/reviews/${review.id}/close`))).toBe(
      'review.not_closable',
    );
    requireDone(await decide(gateway.administrator, await findItem(review, caller), { decision: 'revoke' }));
    const closed = await gateway.operator('POST', `/v1/reviews/${review.id}/close`);
    requireDone(closed);
    const verdict = verifyReviewReport(closed.body);
    expect(verdict).toMatchObject({
      valid: true,
      report: {
        figures: { items: 1, decidedByPeople: 1, medianSeconds: 8 },
        items: [{ decision: 'revoke', decidedBy: gateway.administrator.id, evidence: { rpId: 'localhost' } }],
      },
    });
    expect(verifyReviewReport(closed.body.replace('revoke', 'keep')).valid).toBe(false);
  });

  it('does at the deadline what it says, and never keeps in silence', async () => {
    const { gateway, url } = scene();
    const max = await gateway.invite('Max', ['owner']);
    const limits = { expiresAt: Date.now() + 80 * day };
    const caller = createCaller(await gateway.enrol({ name: 'late', owner: max, limits }), url);
    await caller.call('echo', { text: 'a' });
    const shrunk = await open({ scope: { ownerId: max.id }, dueDays: 1 });
    const left = await open({ scope: { ownerId: max.id }, dueDays: 1, atDeadline: 'nothing' });
    gateway.advance(2 * day);
    await gateway.restart();
    await expect
      .poll(async () => (await gateway.operator('GET', `/v1/reviews/${shrunk.id}/report`)).status, {
        timeout: 20_000,
      })
      .toBe(200);
    expect(await findItem(shrunk, caller)).toMatchObject({ decision: 'shrink', decidedBy: 'system:reviews' });
    await expect
      .poll(async () => (await gateway.operator('GET', `/v1/reviews/${left.id}/report`)).status, {
        timeout: 20_000,
      })
      .toBe(200);
    expect(await findItem(left, caller)).toMatchObject({ state: 'left', decision: null });
    const { report } = requireDone<{ report: object }>(
      await gateway.operator('GET', `/v1/reviews/${left.id}/report`),
    );
    expect(report).toMatchObject({ figures: { leftUndecided: 1 } });
  });

  it('opens by a schedule', async () => {
    const { gateway } = scene();
    const schedule = { everySeconds: 86_400, review: { title: 'Every day', scope: { ownerId: ada.id } } };
    requireDone(await gateway.operator('PUT', '/v1/reviews/schedule', schedule));
    await gateway.restart();
    await expect
      .poll(async () => (await gateway.operator('GET', '/v1/reviews')).body.includes('Every day'), {
        timeout: 20_000,
      })
      .toBe(true);
    requireDone(await gateway.operator('PUT', '/v1/reviews/schedule', { everySeconds: null }));
  });
});
