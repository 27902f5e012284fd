import { createManualClock, createPasskey, type Passkey } from '@countersign/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHouse, type TestHouse, type TestPerson } from '../people/open-test-house.ts';
import { sha256 } from '../platform/sha256.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import type { Approval } from './approval-state.ts';
import { makeApprovalInput } from './make-approval-input.ts';

const clock = createManualClock();
const runs = { numRuns: 24 };
let test: TestStore;
let house: TestHouse;
let ada: TestPerson;
let passkey: Passkey;

beforeAll(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  ada = await house.addPerson(['approver']);
  const userHandle = Buffer.from(ada.id).toString('base64url');
  passkey = createPasskey({ rpId: 'localhost', origin: house.origin, userHandle });
  const { attestationObject } = passkey.register('').response;
  await test.store.sql
    .insertInto('passkeys')
    .values({
      ...{ credential_id: passkey.credentialId, person_id: ada.id, counter: 0, transports: '["internal"]' },
      // The COSE key is the last 77 bytes of an ES256 registration without attestation.
      public_key: new Uint8Array(Buffer.from(attestationObject, 'base64url').subarray(-77)),
      ...{ label: 'Key', created_at: 1, last_used_at: null },
    })
    .execute();
});

afterAll(async () => {
  await house.close();
  await test.remove();
});

const ask = () =>
  house.context.approvals.request(makeApprovalInput(house.context.platform, { ownerId: ada.id }));

async function post(approval: Approval, step: string, body: unknown = {}) {
  const response = await house.fetch(`/v1/approvals/${approval.id}/${step}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { cookie: ada.cookie },
  });
  return { status: response.status, body: await response.json() };
}

/** What the passkey says to the text as it is now. */
async function sign(approval: Approval) {
  const { status, body } = await post(approval, 'challenge');
  if (status !== 200) throw new Error(body.code);
  return passkey.assert(body.challenge);
}

const approve = async (approval: Approval, assertion: unknown) =>
  (await post(approval, 'approve', { assertion })).body;

const release = (approval: Approval) =>
  house.context.approvals.release(approval.id, house.context.platform.newId('act'), []);

const change = (approval: Approval, row: object) =>
  test.store.sql.updateTable('approvals').set(row).where('id', '=', approval.id).execute();

const read = (approval: Approval) =>
  test.store.sql.selectFrom('approvals').selectAll().where('id', '=', approval.id).executeTakeFirstOrThrow();

/** Every leaf of a JSON text, and how to change it. */
function listChanges(text: string): readonly (() => string)[] {
  const changes: (() => string)[] = [];
  const walk = (value: unknown, put: (changed: unknown) => string): void => {
    if (Array.isArray(value)) {
      changes.push(() => put([...value, 'added']));
      value.forEach((item, at) => {
        walk(item, (changed) => put(value.toSpliced(at, 1, changed)));
      });
    } else if (typeof value === 'object' && value !== null) {
      changes.push(() => put({ ...value, added: 1 }));
      for (const [key, member] of Object.entries(value))
        walk(member, (changed) => put({ ...value, [key]: changed }));
    } else {
      changes.push(() => put(typeof value === 'number' ? value + 1 : `${value}x`));
    }
  };
  walk(JSON.parse(text), (changed) => JSON.stringify(changed));
  return changes;
}

describe('approval.byte-for-byte: a changed byte between what was shown and what is sent', () => {
  it('of the signed text, wherever it is, is refused', async () => {
    const approval = await ask();
    const { signed_action: text } = await read(approval);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: text.length - 1 }),
        fc.integer({ min: 0x21, max: 0x7e }),
        async (at, code) => {
          const letter = String.fromCharCode(code);
          fc.pre(text[at] !== letter);
          const assertion = await sign(approval);
          await change(approval, { signed_action: text.slice(0, at) + letter + text.slice(at + 1) });
          const { code: refusal } = await approve(approval, assertion);
          await change(approval, { signed_action: text });
          // What is no JSON any more cannot even be read.
          expect(['approval.digest_mismatch', 'server.internal']).toContain(refusal);
        },
      ),
      runs,
    );
    expect(house.context.approvals.find(approval.id)?.state).toBe('requested');
  });

  it('of any member of it, with a digest that fits, is refused: the passkey signed the other', async () => {
    const approval = await ask();
    const { signed_action: text, action_digest: digest } = await read(approval);
    const changes = listChanges(text);
    // Arguments, tool, target, agent, task, chain, policy, expiry, key, nonce, requirement, outcome, and what was shown.
    expect(changes.length).toBeGreaterThan(20);
    for (const make of changes) {
      const changed = make();
      const assertion = await sign(approval);
      await change(approval, { signed_action: changed, action_digest: sha256(changed) });
      const { code } = await approve(approval, assertion);
      await change(approval, { signed_action: text, action_digest: digest });
      expect(['approval.digest_mismatch', 'person.passkey_refused'], changed).toContain(code);
    }
    expect(house.context.approvals.find(approval.id)?.state).toBe('requested');
  });

  it('of what is shown beside the call is refused, before anything is signed and after', async () => {
    const approval = await ask();
    const { presented } = await read(approval);
    for (const make of listChanges(presented)) {
      const changed = make();
      const assertion = await sign(approval);
      await change(approval, { presented: changed });
      expect((await post(approval, 'challenge')).body.code, changed).toBe('approval.digest_mismatch');
      expect((await approve(approval, assertion)).code, changed).toBe('approval.digest_mismatch');
      await change(approval, { presented });
    }
  });

  it.each([
    ['the agent', { agent_id: 'agt_01KDVE7KY019VB0XXJC4PFKBJT' }],
    ['the task', { task_id: 'tsk_01KDVE7KY019VB0XXJC4PFKBJT' }],
    ['the upstream', { upstream: 'elsewhere' }],
    ['the tool', { tool: 'pay' }],
    ['the call', { call_digest: 'c'.repeat(43) }],
    ['the time', { expires_at: Number.MAX_SAFE_INTEGER }],
    [
      'who is asked',
      {
        requirement:
          '{"approvers":["role:owner"],"excluded":[],"quorum":1,"method":"passkey","withinSeconds":600,"notify":[]}',
      },
    ],
  ])('of %s in the row is refused when it is approved and when it is spent', async (_what, changed) => {
    const approval = await ask();
    const before = await read(approval);
    const row = Object.fromEntries(
      Object.keys(changed).map((name) => [name, before[name as keyof typeof before]]),
    );
    const assertion = await sign(approval);
    await change(approval, changed);
    expect((await approve(approval, assertion)).code).toMatch(/^approval\.(digest_mismatch|not_eligible)$/);
    await change(approval, row);
    expect((await approve(approval, assertion)).state).toBe('approved');
    await change(approval, changed);
    await expect(release(approval)).rejects.toMatchObject({ code: expect.stringMatching(/^approval\./) });
    await change(approval, row);
    await release(approval);
  });

  it('of the assertion, wherever it is, is refused', async () => {
    const approval = await ask();
    const parts = ['clientDataJSON', 'authenticatorData', 'signature'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...parts),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (part, at, by) => {
          const assertion = await sign(approval);
          const bytes = Buffer.from(assertion.response[part], 'base64url');
          const index = at % bytes.length;
          bytes[index] = (bytes[index] ?? 0) ^ by;
          const response = { ...assertion.response, [part]: bytes.toString('base64url') };
          const { code } = await approve(approval, { ...assertion, response });
          expect(['person.passkey_refused', 'server.request_invalid'], `${part} ${index}`).toContain(code);
        },
      ),
      // The tag of the DER sequence: what parses leniently takes it, and no auditor's verifier would.
      { numRuns: 60, examples: [['signature', 0, 0x80]] },
    );
    expect(house.context.approvals.find(approval.id)?.state).toBe('requested');
  });

  it('of the call that comes finds no approval', async () => {
    const input = makeApprovalInput(house.context.platform, { ownerId: ada.id });
    const approval = await house.context.approvals.request(input);
    await approve(approval, await sign(approval));
    for (const make of listChanges(JSON.stringify(input.arguments))) {
      const other = makeApprovalInput(house.context.platform, {
        ...{ ownerId: ada.id, agentId: input.decision.agent.id, taskId: input.decision.task.id },
        arguments: JSON.parse(make()),
      });
      expect(house.context.approvals.findForCall(other.callDigest)).toBeUndefined();
    }
    expect(house.context.approvals.findForCall(input.callDigest)?.state).toBe('approved');
  });
});
