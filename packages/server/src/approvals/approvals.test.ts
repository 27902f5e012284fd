import { createHash, createPublicKey, verify } from 'node:crypto';
import { type CeremonyForgery, createManualClock, createPasskey, type Passkey } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setRoles, suspendPerson } from '../people/index.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '../people/open-test-house.ts';
import { removePasskey } from '../people/passkeys/change-passkey.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { addTestApprover, postAs } from './add-test-approver.ts';
import type { Approval } from './approval-state.ts';
import { createApprovalState } from './create-approval-state.ts';
import { expireApprovals } from './expire-approvals.ts';
import { makeApprovalInput, type TestCall } from './make-approval-input.ts';

const clock = createManualClock();
let test: TestStore;
let house: TestHouse;
let owner: TestPerson;
let ada: Approver;
let bo: Approver;

interface Approver extends TestPerson {
  readonly passkey: Passkey;
}

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  owner = await house.addPerson(['admin', 'owner']);
  ada = await addApprover();
  bo = await addApprover();
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

const addApprover = (roles?: readonly string[]) => addTestApprover(house, createPasskey, roles);
const ask = (call: Partial<TestCall> = {}) =>
  house.context.approvals.request(makeApprovalInput(house.context.platform, { ownerId: owner.id, ...call }));

const post = (person: TestPerson, approval: Approval, step: string, body?: object) =>
  postAs(house, person, `/v1/approvals/${approval.id}/${step}`, body);

async function approve(person: Approver, approval: Approval, forge?: CeremonyForgery) {
  const { status, code, body } = await post(person, approval, 'challenge');
  if (status !== 200) return { status, code, body };
  return post(person, approval, 'approve', { assertion: person.passkey.assert(body.challenge, forge) });
}

const release = (approval: Approval) =>
  house.context.approvals.release(approval.id, house.context.platform.newId('act'), []);
const find = (approval: Approval) => house.context.approvals.find(approval.id);

describe('approving', () => {
  it('signs the digest of the exact action, and anybody can verify that later', async () => {
    const approval = await ask();
    expect((await approve(ada, approval)).body).toEqual({ id: approval.id, state: 'approved' });
    const shown = await house.fetch(`/v1/approvals/${approval.id}`, { headers: { cookie: ada.cookie } });
    const { signedAction, actionDigest, votes } = await shown.json();
    expect(createHash('sha256').update(signedAction).digest('base64url')).toBe(actionDigest);
    expect(JSON.parse(signedAction).arguments).toEqual({ amount: 124_000, currency: 'EUR', to: 'card_4421' });
    const { passkey } = votes[0].evidence;
    const clientData = Buffer.from(passkey.clientDataJson, 'base64url');
    expect(JSON.parse(clientData.toString()).challenge).toBe(actionDigest);
    const signed = Buffer.concat([
      Buffer.from(passkey.authenticatorData, 'base64url'),
      createHash('sha256').update(clientData).digest(),
    ]);
    const cose = Buffer.from(passkey.publicKey, 'base64url');
    const [x, y] = [cose.subarray(-67, -35), cose.subarray(-32)].map((part) => part.toString('base64url'));
    const key = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' } });
    expect(verify('sha256', signed, key, Buffer.from(passkey.signature, 'base64url'))).toBe(true);
    expect(await house.kinds()).toEqual([
      'approval.requested',
      'approval.voted',
      'approval.granted',
      'approval.receipt_issued',
    ]);
  });

  it.each<[string, CeremonyForgery]>([
    ['an unverified person', { withoutVerification: true }],
    ['another origin', { origin: 'https://evil.test' }],
    ['another relying party', { rpId: 'evil.test' }],
    ['a frame of another site', { crossOrigin: true }],
    ['another key', { withAnotherKey: true }],
    ['a registration', { type: 'webauthn.create' }],
  ])('is refused with %s', async (_what, forge) => {
    const approval = await ask();
    expect((await approve(ada, approval, forge)).code).toBe('person.passkey_refused');
    expect(find(approval)?.state).toBe('requested');
    expect(await house.kinds()).toEqual(['approval.requested']);
  });

  it("is refused with a signature over another action's digest, a sign-in or nothing", async () => {
    const [approval, other] = [await ask(), await ask()];
    for (const challenge of [other.actionDigest, 'AAAA', '']) {
      const assertion = ada.passkey.assert(challenge);
      expect((await post(ada, approval, 'approve', { assertion })).code).toBe('person.passkey_refused');
    }
    expect((await post(ada, approval, 'approve')).code).toBe('server.request_invalid');
  });

  it('is refused when it is replayed, by the same person or by another', async () => {
    const approval = await ask({ requirement: { quorum: 2 } });
    const assertion = ada.passkey.assert(approval.actionDigest);
    expect((await post(ada, approval, 'approve', { assertion })).body.state).toBe('requested');
    expect((await post(ada, approval, 'approve', { assertion })).code).toBe('person.passkey_refused');
    expect((await post(bo, approval, 'approve', { assertion })).code).toBe('person.passkey_refused');
    expect(find(approval)?.votes).toHaveLength(1);
  });

  it('needs different people for a quorum', async () => {
    const approval = await ask({ requirement: { quorum: 2 } });
    expect((await approve(ada, approval)).body.state).toBe('requested');
    expect((await approve(ada, approval)).code).toBe('approval.already_decided');
    await expect(release(approval)).rejects.toMatchObject({ code: 'approval.already_decided' });
    expect((await approve(bo, approval)).body.state).toBe('approved');
  });

  it('is only for those who are asked', async () => {
    const approver = await addApprover(['approver', 'owner']);
    const own = await ask({ ownerId: approver.id, requirement: { excluded: ['owner'] } });
    expect((await approve(approver, own)).code).toBe('approval.not_eligible');
    const forFinance = await ask({ requirement: { approvers: ['role:finance'] } });
    expect((await approve(ada, forFinance)).code).toBe('approval.not_eligible');
    const finance = await addApprover(['approver', 'finance']);
    expect((await approve(finance, forFinance)).body.state).toBe('approved');
    const auditor = await addApprover(['auditor']);
    expect((await approve(auditor, own)).code).toBe('person.forbidden');
    const requested = await ask({ requesterId: ada.id, requirement: { excluded: ['requester'] } });
    expect((await approve(ada, requested)).code).toBe('approval.not_eligible');
  });

  it('is refused for the operator token, for agents and without a session', async () => {
    const approval = await ask();
    const path = `/v1/approvals/${approval.id}/deny`;
    const authorization = `Bearer ${house.operatorToken}`;
    const operator = await house.fetch(path, { method: 'POST', body: '{}', headers: { authorization } });
    expect((await operator.json()).code).toBe('person.forbidden');
    expect((await house.fetch(path, { method: 'POST', body: '{}' })).status).toBe(401);
  });

  it('is refused when the kept text was changed', async () => {
    const approval = await ask();
    const { sql } = test.store;
    const row = await sql.selectFrom('approvals').select('signed_action').executeTakeFirstOrThrow();
    const changed = { signed_action: row.signed_action.replace('card_4421', 'card_6666') } as object;
    await sql.updateTable('approvals').set(changed).execute();
    expect((await approve(ada, approval)).code).toBe('approval.digest_mismatch');
  });
});

describe('denying', () => {
  it('needs no passkey, is final and tells the agent why', async () => {
    const approval = await ask();
    expect((await post(ada, approval, 'deny', { reason: 'wrong card' })).body.state).toBe('denied');
    expect(house.context.approvals.findForCall(approval.callDigest)).toMatchObject({
      state: 'denied',
      reason: 'wrong card',
    });
    expect((await approve(bo, approval)).code).toBe('approval.already_decided');
    await expect(release(approval)).rejects.toMatchObject({ code: 'approval.already_decided' });
    expect(await house.kinds()).toEqual([
      'approval.requested',
      'approval.voted',
      'approval.denied',
      'approval.receipt_issued',
    ]);
  });

  it("takes back what was approved, also by one's own vote", async () => {
    const approval = await ask();
    await approve(ada, approval);
    expect((await post(ada, approval, 'deny')).body.state).toBe('denied');
    await expect(release(approval)).rejects.toMatchObject({ code: 'approval.already_decided' });
  });

  it('refuses hidden characters in the reason', async () => {
    const approval = await ask();
    expect((await post(ada, approval, 'deny', { reason: 'a\u202eb' })).code).toBe('server.request_invalid');
  });
});

describe('releasing', () => {
  it('does not count a yes by a passkey that was removed since, also when it is enrolled again', async () => {
    const [whole, half] = [await ask(), await ask({ requirement: { quorum: 2 } })];
    await approve(ada, whole);
    await approve(ada, half);
    const { credentialId } = ada.passkey;
    const kept = await test.store.sql
      .selectFrom('passkeys')
      .selectAll()
      .where('credential_id', '=', credentialId)
      .executeTakeFirstOrThrow();
    await removePasskey(house.context, ada.actor, { credentialId });
    const { approvals } = house.context;
    expect(approvals.find(whole.id)?.votes).toEqual([]);
    await expect(release(whole)).rejects.toMatchObject({ code: 'approval.insufficient' });
    expect((await approve(bo, half)).body.state).toBe('requested');
    clock.advance(1);
    await test.store.sql
      .insertInto('passkeys')
      .values({ ...kept, counts_from: clock.now() })
      .execute();
    await expect(release(whole)).rejects.toMatchObject({ code: 'approval.insufficient' });
    // What it was once is still told.
    expect((await approvals.load(whole.id)).given).toHaveLength(1);
  });

  it('is not forgotten for what was read before it', async () => {
    const approval = await ask();
    const { approvals } = house.context;
    const requested = await approvals.load(approval.id);
    await approve(ada, approval);
    const approved = await approvals.load(approval.id);
    approvals.put(requested);
    expect(approvals.find(approval.id)?.state).toBe('approved');
    await release(approval);
    approvals.put(approved);
    approvals.put(requested);
    expect(approvals.find(approval.id)?.state).toBe('released');
  });

  it('happens once, whoever else tries at the same moment', async () => {
    const approval = await ask();
    await approve(ada, approval);
    const tries = await Promise.allSettled([release(approval), release(approval), release(approval)]);
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(release(approval)).rejects.toMatchObject({ code: 'approval.already_decided' });
    expect((await house.kinds()).filter((kind) => kind === 'action.release')).toHaveLength(1);
    expect(find(approval)?.state).toBe('released');
  });

  it('counts voters by what they are now', async () => {
    const [first, second] = [await ask(), await ask()];
    await approve(ada, first);
    await approve(bo, second);
    await setRoles(house.context, owner.actor, { personId: ada.id, roles: ['auditor'] });
    await expect(release(first)).rejects.toMatchObject({ code: 'approval.insufficient' });
    await suspendPerson(house.context, owner.actor, bo.id);
    expect(find(second)?.votes).toEqual([]);
    await expect(release(second)).rejects.toMatchObject({ code: 'approval.insufficient' });
  });

  it('is judged by what policy asks now', async () => {
    const input = makeApprovalInput(house.context.platform, { ownerId: owner.id });
    const approval = await house.context.approvals.request(input);
    await approve(ada, approval);
    const stricter = { ...input.requirement, quorum: 2 };
    const tried = house.context.approvals.release(approval.id, input.actionId, [], stricter);
    await expect(tried).rejects.toMatchObject({ code: 'approval.insufficient' });
    const again = await house.context.approvals.request({ ...input, requirement: stricter });
    expect(again.id).not.toBe(approval.id);
    expect(find(approval)?.state).toBe('cancelled');
  });
});

describe('time', () => {
  it('denies by itself when it is over, before and after it is written down', async () => {
    const [waiting, approved] = [await ask(), await ask()];
    await approve(ada, approved);
    clock.advance(600_000);
    expect(find(waiting)?.state).toBe('expired');
    expect((await approve(ada, waiting)).code).toBe('approval.expired');
    const assertion = ada.passkey.assert(waiting.actionDigest);
    expect((await post(ada, waiting, 'approve', { assertion })).code).toBe('approval.expired');
    await expect(release(approved)).rejects.toMatchObject({ code: 'approval.expired' });
    expect(await expireApprovals(house.context)).toBe(clock.now() + 1_000);
    expect((await house.kinds()).filter((kind) => kind === 'approval.expired')).toHaveLength(2);
    expect(house.context.approvals.findForCall(waiting.callDigest)?.state).toBe('expired');
  });

  it('never outlives the task', async () => {
    expect((await ask({ taskSeconds: 60 })).expiresAt).toBe(clock.now() + 60_000);
  });
});

describe('requests', () => {
  it('are one for one call, also at the same moment', async () => {
    const input = makeApprovalInput(house.context.platform, { ownerId: owner.id });
    const { approvals } = house.context;
    const [a, b] = await Promise.all([approvals.request(input), approvals.request(input)]);
    const c = await approvals.request(input);
    expect(new Set([a.id, b.id, c.id]).size).toBe(1);
    expect(approvals.findForCall(input.callDigest)?.id).toBe(a.id);
    expect(approvals.link(a.id)).toBe(`${house.origin}/approvals/${a.id}`);
  });

  it('are bounded for one agent', async () => {
    const agentId = house.context.platform.newId('agt');
    for (let n = 0; n < 50; n++) await ask({ agentId, arguments: { n } });
    await expect(ask({ agentId, arguments: { n: 50 } })).rejects.toMatchObject({
      code: 'server.rate_limited',
    });
  });

  it('survive a restart while they are open', async () => {
    const [approval, denied] = [await ask(), await ask()];
    await post(ada, denied, 'deny');
    const { log, platform, store } = house.context;
    const again = await createApprovalState({ log, platform, store, publicUrl: house.origin });
    expect(again.findForCall(approval.callDigest)?.id).toBe(approval.id);
  });

  it('end with their task, agent, owner or delegation, and tell who waits', async () => {
    const scopes = ['task', 'agent', 'owner', 'delegation'] as const;
    for (const scope of scopes) {
      const input = makeApprovalInput(house.context.platform, { ownerId: owner.id });
      const approval = await house.context.approvals.request(input);
      const told = new Promise<void>((resolve) => house.context.approvals.onChange(approval.id, resolve));
      const targets = {
        task: approval.taskId,
        agent: approval.agentId,
        owner: owner.id,
        delegation: input.decision.task.chainIds[0] ?? '',
      };
      await house.context.approvals.cancel(scope, targets[scope], 'task.ended');
      await told;
      expect((await approve(ada, approval)).code).toBe('approval.already_decided');
    }
    expect((await house.kinds()).filter((kind) => kind === 'approval.cancelled')).toHaveLength(4);
  });
});

describe('what ended meanwhile', () => {
  it.each(['task', 'agent', 'owner', 'delegation', 'approval'] as const)(
    'cancels with its %s also what memory does not hold',
    async (scope) => {
      const { log, platform, store } = house.context;
      const other = await createApprovalState({ log, platform, store, publicUrl: house.origin });
      const input = makeApprovalInput(platform, { ownerId: owner.id });
      const approval = await house.context.approvals.request(input);
      const unrelated = await house.context.approvals.request(
        makeApprovalInput(platform, {
          ...{ ownerId: bo.id, arguments: { of: input.decision.task.chainIds[0] ?? '' } },
        }),
      );
      const targets = {
        task: approval.taskId,
        agent: approval.agentId,
        owner: owner.id,
        delegation: input.decision.task.chainIds[0] ?? '',
        approval: approval.id,
      };
      await other.cancel(scope, targets[scope], 'over');
      expect((await other.load(approval.id)).state).toBe('cancelled');
      expect((await other.load(unrelated.id)).state).toBe('requested');
    },
  );

  it('asks for nothing more', async () => {
    const { platform, store } = house.context;
    await suspendPerson(house.context, owner.actor, bo.id);
    await expect(ask({ ownerId: bo.id })).rejects.toMatchObject({ code: 'agent.not_active' });
    const [agentId, taskId] = [platform.newId('agt'), platform.newId('tsk')];
    await store.sql
      .insertInto('agents')
      .values({
        ...{ id: agentId, name: 'refund-bot', owner_id: owner.id, purpose: '', environment: 'production' },
        ...{ state: 'retired', created_at: 1, changed_at: 1 },
      })
      .execute();
    await expect(ask({ agentId })).rejects.toMatchObject({ code: 'agent.not_active' });
    await store.sql.updateTable('agents').set({ state: 'active' }).where('id', '=', agentId).execute();
    const delegation = platform.newId('dlg');
    const limits = '{}';
    await store.sql
      .insertInto('delegations')
      .values({
        ...{ id: delegation, parent_id: null, from_person_id: owner.id, from_agent_id: null },
        ...{ agent_id: agentId, root_person_id: owner.id, task_id: null, purpose: '', limits },
        ...{ is_default: 0, created_at: 1, expires_at: 2, revoked_at: null },
      })
      .execute();
    await store.sql
      .insertInto('tasks')
      .values({
        ...{ id: taskId, delegation_id: delegation, agent_id: agentId, parent_task_id: null, purpose: '' },
        ...{ prompt: null, limits, opened_at: 1, expires_at: 2, ended_at: 2, end_reason: 'closed' },
      })
      .execute();
    await expect(ask({ agentId, taskId })).rejects.toMatchObject({ code: 'task.not_open' });
    expect((await ask({ agentId })).state).toBe('requested');
  });
});

describe('the inbox', () => {
  it('shows mine, all and history, page by page', async () => {
    const first = await ask();
    // Ids sort by the millisecond.
    clock.advance(1);
    const others = await ask({ requirement: { approvers: ['role:finance'] } });
    clock.advance(1);
    const denied = await ask();
    await post(ada, denied, 'deny');
    const list = async (query: string) => {
      const response = await house.fetch(`/v1/approvals?${query}`, { headers: { cookie: ada.cookie } });
      const page: { items: { id: string }[]; next: string | null } = await response.json();
      return { ids: page.items.map(({ id }) => id), next: page.next };
    };
    expect((await list('filter=mine')).ids).toEqual([first.id]);
    expect((await list('filter=history')).ids).toEqual([denied.id]);
    const page = await list('limit=1');
    expect(page.ids).toEqual([others.id]);
    expect((await list(`limit=1&cursor=${page.next}`)).ids).toEqual([first.id]);
  });

  it('streams what changes', async () => {
    const abort = new AbortController();
    const options = { headers: { cookie: ada.cookie }, signal: abort.signal };
    const response = await house.fetch('/v1/approvals/stream', options);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const approval = await ask();
    let text = '';
    while (!text.includes(approval.id)) text += (await reader?.read())?.value ?? '';
    expect(text).toContain('"state":"requested"');
    abort.abort();
  });
});
