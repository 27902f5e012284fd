import type { HttpReply, TestPerson } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { createCaller } from './ground/create-caller.ts';
import { runCountersign } from './ground/run-countersign.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const policy = `@id("all") permit (principal, action, resource);
@id("ask") @stepUp("approvers=role:approver; quorum=2; method=passkey; within=10m; breakGlass=role:approver")
forbid (principal, action == Countersign::Action::"shop/pay", resource);`;
const reason = 'payments are down and nobody answers';
const scene = useScene({ policy });
let ira: TestPerson;
let rex: TestPerson;
beforeAll(async () => {
  ira = await scene().gateway.invite('Ira', ['approver']);
  rex = await scene().gateway.invite('Rex', ['approver', 'auditor']);
});

const refusal = ({ json }: HttpReply) => (json as { code?: string } | undefined)?.code;

async function sign(person: TestPerson, path: string, step: string, body: object): Promise<HttpReply> {
  const begun = await person.request('POST', `${path}/${step === 'sign' ? '' : `${step}/`}challenge`, body);
  if (begun.status !== 200) return begun;
  const assertion = person.passkey.assert((begun.json as { challenge: string }).challenge);
  return person.request('POST', `${path}/${step}`, { ...body, assertion });
}

describe('review.broken-glass-listed', () => {
  it('lists what one person let through alone as due, and is done by another with a passkey over the finding', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const approvalId = readAsked(await caller.call('pay', PAYMENT));
    const proposed = await ira.request('POST', '/v1/approvals/glass', { approvalId, reason });
    const { id } = requireDone<{ id: string }>(proposed);
    const path = `/v1/approvals/glass/${id}`;
    requireDone(await sign(ira, path, 'sign', {}));

    const due = requireDone<{ items: object[] }>(await gateway.operator('GET', '/v1/reviews/due'));
    const link = `${gateway.url}/approvals/glass/${id}`;
    expect(due.items).toEqual([
      expect.objectContaining({ kind: 'break-glass', id, isOverdue: false, link, dueAt: expect.any(Number) }),
    ]);
    const environment = { COUNTERSIGN_DATA: gateway.folder, COUNTERSIGN_URL: gateway.url };
    const told = await runCountersign(['reviews', 'list', '--json'], { folder: gateway.folder, environment });
    expect(JSON.parse(told.stdout)).toMatchObject([{ kind: 'break-glass', id, link }]);
    const list = await rex.request('GET', '/reviews');
    expect(list.body).toContain(`/approvals/glass/${id}`);
    expect(list.body).toContain('Ira let something through alone');
    expect((await ira.request('GET', `/approvals/glass/${id}`)).body).not.toContain('Sign the review');
    expect((await rex.request('GET', `/approvals/glass/${id}`)).body).toContain('Sign the review');

    const finding = { finding: 'not_justified', note: 'the on-call was there' };
    expect(refusal(await sign(ira, path, 'review', finding))).toBe('approval.not_eligible');
    expect((await rex.request('POST', `${path}/review`, finding)).status).toBe(400);
    const begun = await rex.request('POST', `${path}/review/challenge`, finding);
    const assertion = rex.passkey.assert((begun.json as { challenge: string }).challenge);
    const turned = { ...finding, finding: 'justified', assertion };
    expect(refusal(await rex.request('POST', `${path}/review`, turned))).toBe('person.passkey_refused');
    requireDone(await sign(rex, path, 'review', finding));

    expect(requireDone<object>(await gateway.operator('GET', '/v1/reviews/due'))).toEqual({ items: [] });
    const [reviewed] = await gateway.records({ kind: 'approval.glass_reviewed' });
    expect(reviewed).toMatchObject({
      person: rex.id,
      body: { glass: id, ...finding, isLate: false, credentialId: expect.any(String) },
    });
    const page = await ira.request('GET', `/approvals/glass/${id}`);
    expect(page.body).toMatch(/Not justified, says .*Rex/);
  });
});
