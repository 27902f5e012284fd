import { createHash } from 'node:crypto';
import { canonicalJson } from '@countersign/core';
import type { EnrolledAgent, HttpReply } from '@countersign/testkit';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAYMENT } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import {
  addEnforcementPoint,
  type EnforcementPoint,
} from '../conformance/authzen-ground/add-enforcement-point.ts';
import { readAction } from './ground/read-evidence.ts';
import { useScene } from './ground/use-scene.ts';

const scene = useScene({ policy: ASK_BEFORE_PAY });
const evaluation = '/access/v1/evaluation';
const requests = '/access/v1/requests';

interface Told {
  readonly decision: boolean;
  readonly context: {
    readonly reason?: string;
    readonly next_action?: string;
    readonly evaluation_id: string;
    readonly access_request?: {
      readonly endpoint: string;
      readonly expires_at: string;
      readonly binding_token: string;
    };
    readonly approval?: { readonly id: string };
  };
}

interface Handle {
  readonly task: {
    readonly id: string;
    readonly status: string;
    readonly status_endpoint: string;
    readonly links?: { cancel: string };
  };
  readonly result?: {
    readonly mode: string;
    readonly approval: { readonly id: string; readonly state: string; readonly approved_until: string };
  };
}

let point: EnforcementPoint;
let enrolled: EnrolledAgent;
let amount = 1000;
let offset = 0;
beforeAll(async () => {
  const { gateway } = scene();
  point = await addEnforcementPoint(gateway, { name: 'shop-proxy' }, () => Date.now() + offset);
  enrolled = await gateway.enrol();
});

/** A payment that nobody asked for before. */
function nextPayment() {
  amount += 1;
  return {
    subject: { type: 'agent', id: enrolled.agent.agentId, properties: { task: enrolled.task } },
    action: { name: 'call' },
    resource: { type: 'tool', id: 'shop/pay', properties: { arguments: { ...PAYMENT, amount } } },
    context: {},
  };
}
type Asked = ReturnType<typeof nextPayment>;

async function evaluate(question: object, by = point): Promise<Told> {
  const reply = await by.ask(evaluation, question);
  expect(reply.status, reply.body).toBe(200);
  return reply.json as Told;
}

async function deny(
  question: object,
): Promise<NonNullable<Told['context']['access_request']> & { evaluation: string }> {
  const { decision, context } = await evaluate(question);
  expect({ decision, reason: context.reason }).toEqual({ decision: false, reason: 'approval_required' });
  if (context.access_request === undefined) throw new Error('not requestable');
  return { ...context.access_request, evaluation: context.evaluation_id };
}

function submission(question: object, denied: { binding_token: string; expires_at: string }) {
  const { binding_token, expires_at } = denied;
  return { ...question, denial: { binding_token, expires_at, reason: 'approval_required' } };
}

async function submit(
  question: object,
  headers = {},
  by = point,
): Promise<{ handle: Handle; reply: HttpReply }> {
  const denied = await deny(question);
  const reply = await by.ask(requests, submission(question, denied), headers);
  return { handle: reply.json as Handle, reply };
}

async function approve(handle: Handle, decision: 'approve' | 'deny' = 'approve'): Promise<Handle> {
  const { gateway } = scene();
  const open = await gateway.administrator.request('GET', '/v1/approvals?filter=all');
  const [approval] = (open.json as { items: { id: string }[] }).items;
  if (approval === undefined) throw new Error('nobody is asked');
  const decided = await gateway.administrator.decide(approval.id, decision);
  expect(decided.status, decided.body).toBe(200);
  return (await point.get(new URL(handle.task.status_endpoint).pathname)).json as Handle;
}

function withApproval(question: Asked, { result }: Handle) {
  return { ...question, context: { ...question.context, approval: result?.approval } };
}

describe('approval.access-request', () => {
  it('goes from a denial over a person to one call, with the records of any other', async () => {
    const { gateway } = scene();
    const question = nextPayment();
    const denied = await deny(question);
    expect(denied.endpoint).toBe(gateway.url + requests);
    const reply = await point.ask(requests, submission(question, denied));
    const handle = reply.json as Handle;
    expect([reply.status, handle.task.status]).toEqual([202, 'pending']);
    expect(reply.headers.location).toBe(handle.task.status_endpoint);
    const approved = await approve(handle);
    expect(approved).toMatchObject({ task: { status: 'approved' }, result: { mode: 'reevaluate' } });
    const again = await evaluate(withApproval(question, approved));
    expect(again).toMatchObject({
      decision: true,
      context: { approval: { id: approved.result?.approval.id } },
    });
    const [decision] = await gateway.records({
      kind: 'action.decision',
      approval: String(approved.result?.approval.id),
    });
    const kinds = (await readAction(gateway, String(decision?.action))).map(({ kind }) => kind);
    expect(kinds.slice(0, 3)).toEqual(['action.intent', 'action.decision', 'action.release']);
    expect(decision).toMatchObject({
      agent: enrolled.agent.agentId,
      key: point.id,
      body: { decidedBy: 'approval' },
    });
  });

  it('seals with the published keys, over the hash that the profile defines', async () => {
    const { gateway } = scene();
    const metadata = (await (await fetch(`${gateway.url}/.well-known/authzen-configuration`)).json()) as {
      jwks_uri: string;
    };
    const keys = createLocalJWKSet((await (await fetch(metadata.jwks_uri)).json()) as JSONWebKeySet);
    const question = { ...nextPayment(), context: { ticket: 'T-1' } };
    const { binding_token, evaluation } = await deny(question);
    const { payload } = await jwtVerify(binding_token, keys, { issuer: gateway.url, audience: gateway.url });
    const { subject, resource, action, context } = question;
    const binding_hash = createHash('sha256')
      .update(canonicalJson({ subject, resource, action, context }))
      .digest('base64url');
    expect(payload).toMatchObject({
      evaluation_id: evaluation,
      jti: evaluation,
      binding_hash,
      binding_context_members: ['ticket'],
    });
  });

  it('needs the approval to be shown: an approved call is denied without', async () => {
    const question = nextPayment();
    const { handle } = await submit(question);
    const approved = await approve(handle);
    expect((await evaluate(question)).decision).toBe(false);
    expect((await evaluate(withApproval(question, approved))).decision).toBe(true);
  });

  it('tells of a denial by a person', async () => {
    const question = nextPayment();
    const { handle } = await submit(question);
    expect((await approve(handle, 'deny')).task.status).toBe('denied');
    expect(await evaluate(question)).toMatchObject({
      decision: false,
      context: { reason: 'approval.denied' },
    });
  });

  it('is withdrawn by whoever made it, once', async () => {
    const { handle } = await submit(nextPayment());
    const path = new URL(handle.task.links?.cancel ?? '').pathname;
    expect((await point.ask(path, {})).json).toMatchObject({ task: { status: 'cancelled' } });
    const again = await point.ask(path, {});
    expect([again.status, again.headers['content-type']]).toEqual([409, 'application/problem+json']);
    expect(again.json).toMatchObject({ type: 'urn:openid:authzen:access-request:error:invalid_task_state' });
  });

  it('is one request for one Idempotency-Key, or one denial, and refuses the key for another', async () => {
    const question = nextPayment();
    const denied = await deny(question);
    const headers = { 'idempotency-key': 'k-1' };
    const one = (await point.ask(requests, submission(question, denied), headers)).json as Handle;
    const same = (await point.ask(requests, submission(question, denied), headers)).json as Handle;
    const replayed = (await point.ask(requests, submission(question, denied))).json as Handle;
    expect([same.task.id, replayed.task.id]).toEqual([one.task.id, one.task.id]);
    const other = nextPayment();
    const refused = await point.ask(requests, submission(other, await deny(other)), headers);
    expect([refused.status, (refused.json as { type: string }).type]).toEqual([
      409,
      'urn:openid:authzen:access-request:error:duplicate_request',
    ]);
  });
});

describe('approval.access-request-attacked', () => {
  const problem = (reply: HttpReply) => (reply.json as { type?: string }).type?.split(':').at(-1);

  it('is approved by nobody but the people that policy names, and never by who asks', async () => {
    const { gateway } = scene();
    const bystander = await gateway.invite('Bystander', ['auditor']);
    await submit(nextPayment());
    const open = await gateway.administrator.request('GET', '/v1/approvals?filter=all');
    const [approval] = (open.json as { items: { id: string }[] }).items;
    expect((await bystander.decide(approval?.id ?? '', 'approve')).status).toBe(403);
    expect((await point.ask(`/v1/approvals/${approval?.id}/approve`, {})).status).toBe(401);
  });

  it('refuses the binding token of another question', async () => {
    const denied = await deny(nextPayment());
    expect(problem(await point.ask(requests, submission(nextPayment(), denied)))).toBe(
      'invalid_denial_binding',
    );
  });

  it('refuses a binding token of another enforcement point, and a request that is not its own', async () => {
    const other = await addEnforcementPoint(scene().gateway, { name: 'other' });
    const question = nextPayment();
    const denied = await deny(question);
    expect(problem(await other.ask(requests, submission(question, denied)))).toBe('invalid_denial_binding');
    const { handle } = await submit(nextPayment());
    expect(problem(await other.get(new URL(handle.task.status_endpoint).pathname))).toBe('unknown_task');
  });

  it.each<[string, (token: string) => unknown]>([
    [
      'that was tampered with',
      (token) => token.replace(/\.[^.]+\./, `.${Buffer.from('{}').toString('base64url')}.`),
    ],
    ['that is no token', () => 'x'],
    ['that is an object', () => ({})],
    ['that is not there', () => undefined],
  ])('refuses a binding token %s', async (_name, forge) => {
    const question = nextPayment();
    const denied = await deny(question);
    const forged = { ...denied, binding_token: forge(denied.binding_token) as string };
    expect(problem(await point.ask(requests, submission(question, forged)))).toBe('invalid_denial_binding');
  });

  it('refuses another deadline than the sealed one', async () => {
    const question = nextPayment();
    const denied = { ...(await deny(question)), expires_at: '2099-01-01T00:00:00Z' };
    expect(problem(await point.ask(requests, submission(question, denied)))).toBe('invalid_denial_binding');
  });

  it('spends an approval once', async () => {
    const question = nextPayment();
    const approved = await approve((await submit(question)).handle);
    expect((await evaluate(withApproval(question, approved))).decision).toBe(true);
    expect(await evaluate(withApproval(question, approved))).toMatchObject({
      decision: false,
      context: {
        reason: 'approval_expired',
        next_action: 'request',
        access_request: { endpoint: expect.any(String) },
      },
    });
  });

  it('lets an approval out of its scope do nothing', async () => {
    const question = nextPayment();
    const approved = await approve((await submit(question)).handle);
    expect(await evaluate(withApproval(nextPayment(), approved))).toMatchObject({
      decision: false,
      context: { reason: 'out_of_scope', next_action: 'request' },
    });
    const other = await addEnforcementPoint(scene().gateway, { name: 'thief' });
    expect(await evaluate(withApproval(question, approved), other)).toMatchObject({
      decision: false,
      context: { reason: 'approval_unverifiable', next_action: 'none' },
    });
  });

  it('takes no approval that it did not seal, nor a denial for one', async () => {
    const question = nextPayment();
    const approved = await approve((await submit(question)).handle);
    const { id = '' } = approved.result?.approval ?? {};
    const denied = await deny(nextPayment());
    for (const state of [
      undefined,
      {},
      'x',
      denied.binding_token,
      `${approved.result?.approval.state.slice(0, -2)}AA`,
    ]) {
      const shown = { ...question, context: { approval: { id, state } } };
      expect(await evaluate(shown)).toMatchObject({
        decision: false,
        context: { reason: 'approval_unverifiable' },
      });
    }
    const renamed = { ...question, context: { approval: { ...approved.result?.approval, id: 'apr_other' } } };
    expect((await evaluate(renamed)).context.reason).toBe('approval_unverifiable');
    expect(decodeJwt(approved.result?.approval.state ?? '')).toMatchObject({ client: point.id });
  });

  it('ends with its time: the denial, and the approval', async () => {
    const { gateway } = scene();
    const [question, other] = [nextPayment(), nextPayment()];
    const denied = await deny(question);
    const approved = await approve((await submit(other)).handle);
    const move = (milliseconds: number): void => {
      gateway.advance(milliseconds);
      offset += milliseconds;
    };
    move(11 * 60_000);
    const late = await point.ask(requests, submission(question, denied));
    expect([late.status, problem(late)]).toEqual([410, 'expired_denial']);
    const { decision, context } = await evaluate(withApproval(other, approved));
    expect([decision, context.reason, context.next_action]).toEqual([false, 'approval.expired', 'none']);
    move(-11 * 60_000);
  });
});
