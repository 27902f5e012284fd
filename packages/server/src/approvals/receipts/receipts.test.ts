import { verifyReceipt, verifyReceiptProof } from '@countersign/ledger';
import { createManualClock, createPasskey, type Passkey } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHouse, type TestHouse, type TestPerson } from '../../people/open-test-house.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { addTestApprover, postAs, signStep } from '../add-test-approver.ts';
import type { Approval } from '../approval-state.ts';
import { makeApprovalInput, type TestCall } from '../make-approval-input.ts';

const clock = createManualClock();
let test: TestStore;
let house: TestHouse;
let owner: TestPerson;

interface Approver extends TestPerson {
  readonly passkey: Passkey;
}

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  owner = await house.addPerson(['admin', 'owner']);
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

const addApprover = () => addTestApprover(house, createPasskey);
const ask = (call: Partial<TestCall> = {}) =>
  house.context.approvals.request(makeApprovalInput(house.context.platform, { ownerId: owner.id, ...call }));

const post = (person: TestPerson, approval: Approval, step: string, body?: object) =>
  postAs(house, person, `/v1/approvals/${approval.id}/${step}`, body);

async function approve(person: Approver, approval: Approval): Promise<void> {
  const { body } = await signStep(house, person, `/v1/approvals/${approval.id}`, 'approve');
  expect(['requested', 'approved']).toContain(body.state);
}

async function get(path: string): Promise<Response> {
  return house.fetch(path, { headers: { cookie: owner.cookie } });
}

async function fetchReceipt(approval: Approval): Promise<string> {
  return (await (await get(`/v1/approvals/${approval.id}/receipt`)).json()).receipt;
}

const fetchKeys = async () => (await (await get('/.well-known/jwt-vc-issuer')).json()).jwks.keys;

async function fetchStatus(receipt: string): Promise<string> {
  const uri = verifyReceipt(receipt).claims?.status.status_list.uri ?? '';
  expect(uri.startsWith(house.origin)).toBe(true);
  return (await get(uri.slice(house.origin.length))).text();
}

describe('a receipt', () => {
  it('proves two approvals of one exact action to somebody who has only the issuer’s keys', async () => {
    const [first, second] = [await addApprover(), await addApprover()];
    const approval = await ask({ requirement: { quorum: 2 } });
    await approve(first, approval);
    expect((await get(`/v1/approvals/${approval.id}/receipt`)).status).toBe(409);
    await approve(second, approval);
    const receipt = await fetchReceipt(approval);
    const verdict = verifyReceipt(receipt, { keys: await fetchKeys() });
    expect(verdict).toMatchObject({ valid: true, proven: true, key: 'given', hidden: 0, findings: [] });
    expect(verdict.claims?.approval).toMatchObject({ id: approval.id, outcome: 'approved', quorum: 2 });
    expect(verdict.claims?.action.digest).toBe(approval.actionDigest);
    expect(verdict.claims?.votes.map(({ person }) => person).sort()).toEqual([first.id, second.id].sort());
    expect(await house.kinds()).toContain('approval.receipt_issued');
  });

  it('of a refusal says who refused and why', async () => {
    const person = await addApprover();
    const approval = await ask();
    await post(person, approval, 'deny', { reason: 'not without an invoice' });
    const { claims, valid, proven } = verifyReceipt(await fetchReceipt(approval), {
      keys: await fetchKeys(),
    });
    expect({ valid, proven }).toEqual({ valid: true, proven: false });
    expect(claims).toMatchObject({
      approval: { outcome: 'denied' },
      reason: 'not without an invoice',
      votes: [{ person: person.id, outcome: 'deny', passkey: null }],
    });
  });

  it('can be shown without the arguments and without a vote, and then says that something is left out', async () => {
    const approval = await ask();
    await approve(await addApprover(), approval);
    const [jwt = '', ...parts] = (await fetchReceipt(approval)).split('~');
    expect(parts).toHaveLength(3);
    const verdict = verifyReceipt([jwt, ''].join('~'), { keys: await fetchKeys() });
    expect(verdict).toMatchObject({ valid: true, hidden: 2, proven: false });
    expect(jwt).not.toContain(Buffer.from('card_4421').toString('base64url').slice(0, 8));
    expect(verdict.claims?.signedAction).toBeUndefined();
    expect(verdict.claims?.votes).toEqual([]);
  });

  it('stays valid once it was used, and shows as taken back when the approval was', async () => {
    const [used, taken] = [await ask(), await ask()];
    const person = await addApprover();
    await approve(person, used);
    await approve(person, taken);
    await house.context.approvals.release(used.id, house.context.platform.newId('act'), []);
    await house.context.approvals.cancel('approval', taken.id, 'policy.changed');
    const keys = await fetchKeys();
    const judge = async (approval: Approval) => {
      const receipt = await fetchReceipt(approval);
      return verifyReceipt(receipt, { keys, statusList: await fetchStatus(receipt) }).status?.value;
    };
    expect(await judge(used)).toBe('valid');
    expect(await judge(taken)).toBe('invalid');
  });

  it('of a yes that the same person takes back is followed by one of the no', async () => {
    const approval = await ask();
    const person = await addApprover();
    await approve(person, approval);
    const yes = await fetchReceipt(approval);
    await post(person, approval, 'deny', {});
    const no = await fetchReceipt(approval);
    const keys = await fetchKeys();
    const judge = async (receipt: string) => {
      const { claims, status } = verifyReceipt(receipt, { keys, statusList: await fetchStatus(receipt) });
      return [claims?.approval.outcome, status?.value];
    };
    expect(await judge(yes)).toEqual(['approved', 'invalid']);
    expect(await judge(no)).toEqual(['denied', 'valid']);
  });

  it('is there as soon as the decision is, and once, whatever else is decided at the same time', async () => {
    const people = [await addApprover(), await addApprover(), await addApprover()];
    const approvals = await Promise.all(Array.from({ length: 6 }, () => ask()));
    await Promise.all(
      approvals.map(async (approval, at) => {
        const person = people[at % people.length];
        if (person === undefined) return;
        if (at % 2 === 0) await post(person, approval, 'deny', {});
        else await approve(person, approval);
      }),
    );
    const rows = await test.store.sql.selectFrom('approval_receipts').selectAll().execute();
    expect(new Set(rows.map((row) => row.approval_id)).size).toBe(approvals.length);
    expect(new Set(rows.map((row) => `${row.list}/${row.idx}`)).size).toBe(approvals.length);
  });

  it('goes with a proof that the ledger holds the decision it names', async () => {
    const [approval, other] = [await ask(), await ask()];
    const person = await addApprover();
    await approve(person, approval);
    await post(person, other, 'deny', { reason: 'no' });
    const readProof = async ({ id }: Approval) =>
      (await (await get(`/v1/approvals/${id}/receipt/proof`)).json()) as { proof: string; size: number };
    const { claims } = verifyReceipt(await fetchReceipt(approval), { keys: await fetchKeys() });
    if (claims === null) throw new Error('no claims');
    const { vkey } = test.store.ledger;
    const { proof, size } = await readProof(approval);
    const verdict = verifyReceiptProof(proof, claims, { vkey });
    expect(verdict).toMatchObject({
      finding: null,
      checkpoint: { size },
      entry: { kind: 'approval.granted' },
    });
    expect(verifyReceiptProof((await readProof(other)).proof, claims, { vkey }).finding).toBe(
      'another_record',
    );
    expect(verifyReceiptProof(proof, claims, { vkey, quorum: 1 }).finding).toBe('not_witnessed');
    expect(verifyReceiptProof('x', claims, { vkey }).finding).toBe('not_a_proof');
    for (const change of [{ outcome: 'denied' as const }, { decidedAt: 1 }, { record: 'rec_0' }]) {
      const changed = { approval: { ...claims.approval, ...change } };
      expect(verifyReceiptProof(proof, changed, { vkey }).finding).toBe('another_record');
    }
    expect((await house.fetch(`/v1/approvals/${approval.id}/receipt/proof`)).status).toBe(401);
    expect((await get(`/v1/approvals/apr_01ARZ3NDEKTSV4RRFFQ69G5FAV/receipt/proof`)).status).toBe(404);
  });

  it('is nobody’s who may not read approvals, and none of an unknown request', async () => {
    const approval = await ask();
    await approve(await addApprover(), approval);
    const path = `/v1/approvals/${approval.id}/receipt`;
    expect((await house.fetch(path)).status).toBe(401);
    expect((await get('/v1/approvals/apr_01ARZ3NDEKTSV4RRFFQ69G5FAV/receipt')).status).toBe(404);
    expect((await get('/approvals/receipts/status/99')).status).toBe(404);
    expect((await get('/approvals/receipts/status/..%2f')).status).toBe(404);
  });
});
