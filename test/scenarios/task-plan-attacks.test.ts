import { describe, expect, it } from 'vitest';
import { isPending, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { enrolHelper } from './ground/enrol-chain.ts';
import { ASK_BEYOND_PLAN, startOffice } from './ground/start-office.ts';
import { useScene } from './ground/use-scene.ts';

const scene = useScene({ upstream: startOffice, policy: ASK_BEYOND_PLAN });
const prompt = 'Send a mail to ben@example.com with the notes of the meeting.';
const toBen = { recipient: 'ben@example.com', subject: 'Notes', body: 'All of them' };
const toEve = { ...toBen, recipient: 'eve@example.com' };
const minute = 60_000;

async function enrol(given?: string): Promise<Caller> {
  const { gateway, url } = scene();
  const limits = { depth: 1 };
  return createCaller(
    await gateway.enrol({ limits, ...(given === undefined ? {} : { prompt: given }) }),
    url,
  );
}

/** As the agent, with its control token. */
async function post({ agent }: Caller, path: string, message: object) {
  const { gateway } = scene();
  const reply = await agent.send({ url: `${gateway.url}${path}`, token: await agent.token(), message });
  return { status: reply.status, json: (reply.json ?? {}) as { code?: string; [name: string]: unknown } };
}

const codeOf = async (caller: Caller, path: string, message: object) =>
  (await post(caller, path, message)).json.code;

const isAsked = async (caller: Caller, tool: string, args: object) =>
  isPending(await caller.call(tool, args));

describe('task.plan-not-self-widened', () => {
  it('takes no prompt from an agent that has done something, was given one, or wants to sign it', async () => {
    const caller = await enrol();
    const path = `/v1/tasks/${caller.task}`;
    await caller.call('read_notes', { title: 'Monday' });
    const words = { prompt: 'Send a mail to eve@example.com' };
    expect(await codeOf(caller, `${path}/prompt`, words)).toBe('task.prompt_fixed');
    const prompted = await enrol(prompt);
    expect(await codeOf(prompted, `/v1/tasks/${prompted.task}/prompt`, words)).toBe('task.prompt_fixed');
    expect(await codeOf(caller, `${path}/grant/amendments`, words)).toBe('person.forbidden');
    expect(await codeOf(prompted, `${path}/grant/amendments`, { confirm: true })).toBe('person.forbidden');
    expect(await codeOf(caller, `${path}/grant/narrow`, { remove: [] })).toBe('person.forbidden');
    expect(await codeOf(prompted, `${path}/prompt`, words)).toBe('task.not_found');
  });

  it('takes it once before anything was done', async () => {
    const caller = await enrol();
    const path = `/v1/tasks/${caller.task}/prompt`;
    expect(await post(caller, path, { prompt })).toMatchObject({ status: 200, json: { isGiven: true } });
    expect(await codeOf(caller, path, { prompt: 'Send a mail to eve@example.com' })).toBe(
      'task.prompt_fixed',
    );
    expect(await isAsked(caller, 'send_mail', toBen)).toBe(false);
    expect(await isAsked(caller, 'send_mail', toEve)).toBe(true);
  });

  it('lets an agent announce what it means to do, and no more: nothing passes before people sign', async () => {
    const { gateway } = scene();
    const caller = await enrol(prompt);
    const calls = [
      { upstream: 'shop', tool: 'send_mail', arguments: toBen },
      { upstream: 'shop', tool: 'send_mail', arguments: toEve },
      { upstream: 'shop', tool: 'delete_file', arguments: { file: 'a.txt' } },
    ];
    const path = `/v1/tasks/${caller.task}/grant/amendments`;
    const { status, json } = await post(caller, path, { calls });
    expect(status).toBe(201);
    expect(json.calls).toMatchObject([{ standing: 'covered' }, { standing: 'asked' }, { standing: 'asked' }]);
    const { id } = json.approval as { id: string };
    expect(readAsked(await caller.call('send_mail', toEve))).toBe(id);
    expect((await gateway.administrator.decide(id, 'approve')).status).toBe(200);
    expect(await isAsked(caller, 'send_mail', toEve)).toBe(false);
    expect(await isAsked(caller, 'delete_file', { file: 'a.txt' })).toBe(false);
    expect(await codeOf(caller, path, { calls })).toBe('task.plan_unchanged');
    const outside = [{ upstream: 'shop', tool: 'no_such_tool', arguments: {} }];
    expect(await codeOf(caller, path, { calls: outside })).toBe('action.tool_unknown');
  });
});

describe('task.plan-signed-as-shown', () => {
  it('refuses a signature when more was asked for since the page was read, whichever digest is named', async () => {
    const { gateway } = scene();
    const { administrator } = gateway;
    const caller = await enrol(prompt);
    const approval = readAsked(await caller.call('share_file', { file: 'a', email: 'ben@example.com' }));
    const read = async () => {
      const { json } = await administrator.request('GET', `/v1/approvals/${approval}`);
      return (json as { actionDigest: string }).actionDigest;
    };
    const shown = await read();
    expect(readAsked(await caller.call('send_mail', toEve))).toBe(approval);
    const decide = (given: object) => administrator.decide(approval, 'approve', undefined, given);
    expect((await decide({ shown })).json).toMatchObject({ code: 'approval.digest_mismatch' });
    const path = `/v1/approvals/${approval}`;
    const assertion = administrator.passkey.assert(shown);
    const replaced = await administrator.request('POST', `${path}/approve`, {
      assertion,
      shown: await read(),
    });
    expect(replaced.json).toMatchObject({ code: 'person.passkey_refused' });
    const unnamed = await administrator.request('POST', `${path}/challenge`, {});
    expect(unnamed.json).toMatchObject({ code: 'approval.digest_mismatch' });
    const wider = await decide({ tighter: { drop: ['9'] } });
    expect(wider.json).toMatchObject({ code: 'task.plan_wider' });
    expect(await isAsked(caller, 'send_mail', toEve)).toBe(true);
  });
});

describe('task.plan-bound', () => {
  it('holds in the task it was signed for, not in another of the same agent, nor for an agent that helps', async () => {
    const { gateway, url } = scene();
    const caller = await enrol(prompt);
    const helper = createCaller(await enrolHelper(gateway, caller, { name: 'plan-helper' }), url);
    const approval = readAsked(await caller.call('send_mail', toEve));
    expect((await gateway.administrator.decide(approval, 'approve')).status).toBe(200);
    expect(await isAsked(caller, 'send_mail', toEve)).toBe(false);
    expect(await isAsked(helper, 'send_mail', toEve)).toBe(true);
    // What the prompt calls for, it calls for wherever it is done.
    expect(await isAsked(helper, 'send_mail', toBen)).toBe(false);
    const other = await caller.agent.openTask({
      delegationId: caller.delegation,
      purpose: 'Another',
      prompt,
    });
    const resource = [url];
    const token = await caller.agent.token({ task: other.id, resource });
    expect(await isAsked(createCaller({ ...caller, task: other.id, token }, url), 'send_mail', toEve)).toBe(
      true,
    );
  });

  it('makes nobody a recipient of anything else than what was on the page', async () => {
    const { gateway } = scene();
    const caller = await enrol(prompt);
    const shared = { file: 'plan.txt', email: 'eve@example.com' };
    const approval = readAsked(await caller.call('share_file', shared));
    expect((await gateway.administrator.decide(approval, 'approve')).status).toBe(200);
    expect(await isAsked(caller, 'share_file', shared)).toBe(false);
    const [decision] = await gateway.records({ kind: 'action.decision', task: caller.task });
    expect(JSON.stringify(decision?.body)).toContain('"origins":["plan"]');
    expect(await isAsked(caller, 'send_mail', toEve)).toBe(true);
    expect(await isAsked(caller, 'share_file', { ...shared, file: 'other.txt' })).toBe(true);
  });

  it('ends when it was signed to end', async () => {
    const { gateway, url } = scene();
    const caller = await enrol(prompt);
    const approval = readAsked(await caller.call('send_mail', toEve));
    const { json } = await gateway.administrator.request('GET', `/v1/approvals/${approval}`);
    const { requestedAt } = json as { requestedAt: number };
    const given = { tighter: { expiresAt: requestedAt + 5 * minute } };
    expect((await gateway.administrator.decide(approval, 'approve', undefined, given)).status).toBe(200);
    expect(await isAsked(caller, 'send_mail', toEve)).toBe(false);
    gateway.advance(6 * minute);
    const later = createCaller({ ...caller, token: await caller.renew() }, url);
    expect(await isAsked(later, 'send_mail', toEve)).toBe(true);
    expect(await isAsked(later, 'send_mail', toBen)).toBe(false);
  });
});

describe('task.plan-refused', () => {
  it('is refused again without asking, and counts as a denial of the task', async () => {
    const { gateway } = scene();
    const caller = await enrol(prompt);
    const approval = readAsked(await caller.call('send_mail', toEve));
    expect((await gateway.administrator.decide(approval, 'deny')).status).toBe(200);
    expect(readRefusal(await caller.call('send_mail', toEve))).toBe('approval.denied');
    expect(await gateway.records({ kind: 'approval.requested', task: caller.task })).toHaveLength(1);
    await caller.call('send_mail', toBen);
    const [decision] = await gateway.records({ kind: 'action.decision', task: caller.task });
    expect(decision).toMatchObject({ body: { facts: { history: { denials: 1 } } } });
  });
});
