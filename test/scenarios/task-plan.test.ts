import { beforeAll, describe, expect, it } from 'vitest';
import { isPending, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { type Caller, createCaller, readText } from './ground/create-caller.ts';
import { ASK_BEYOND_PLAN, startOffice } from './ground/start-office.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const scene = useScene({ upstream: startOffice, policy: ASK_BEYOND_PLAN });
const prompt = 'Send a mail to ben@example.com with the notes of the meeting.';
const toBen = { recipient: 'ben@example.com', subject: 'Notes', body: 'All of them' };
const toCarla = { ...toBen, recipient: 'carla@example.com' };

async function enrol(given: string | undefined = prompt): Promise<Caller> {
  const { gateway, url } = scene();
  return createCaller(await gateway.enrol(given === '' ? {} : { prompt: given }), url);
}

interface PlanFacts {
  readonly isGiven: boolean;
  readonly confirmedBy: string | null;
  readonly entries: readonly {
    readonly id: string;
    readonly tool: string;
    readonly source: string;
    readonly usesLeft: number | null;
  }[];
}

async function readPlan(task: string): Promise<PlanFacts> {
  return requireDone<PlanFacts>(await scene().gateway.operator('GET', `/v1/tasks/${task}/grant`));
}

const sent = (tool: string) =>
  scene()
    .upstream.journal.calls(tool)
    .map(({ arguments: given }) => given);

describe('task.plan-derived', () => {
  it('lets pass what the prompt calls for, and says so in the ledger without a value of it', async () => {
    const { gateway } = scene();
    const caller = await enrol();
    const reply = await caller.call('send_mail', toBen);
    expect(JSON.parse(readText(reply))).toEqual(toBen);
    const [derived] = await gateway.records({ kind: 'task.grant_derived', task: caller.task });
    expect(derived).toMatchObject({ agent: caller.agentId, body: { by: caller.agentId } });
    expect(derived?.body).toMatchObject({ tools: expect.arrayContaining(['shop/send_mail']) });
    expect(JSON.stringify(derived)).not.toContain('ben@example.com');
    const [decision] = await gateway.records({ kind: 'action.decision', task: caller.task });
    expect(decision).toMatchObject({ body: { facts: { plan: { state: 'covered', confirmed: false } } } });
  });

  it('asks about another recipient, and about what nothing in the prompt calls for', async () => {
    const caller = await enrol();
    expect(isPending(await caller.call('send_mail', toCarla))).toBe(true);
    expect(isPending(await caller.call('delete_file', { file: 'notes.txt' }))).toBe(true);
  });

  it('is none for a task that nobody said the purpose of', async () => {
    const caller = await enrol('');
    expect(await readPlan(caller.task)).toMatchObject({ isGiven: false, entries: [] });
    expect(isPending(await caller.call('send_mail', toCarla))).toBe(false);
  });
});

describe('task.plan-amended', () => {
  let caller: Caller;
  let approval: string;
  beforeAll(async () => {
    caller = await enrol();
  });

  it('asks one question for calls that come together', async () => {
    const { gateway } = scene();
    const replies = await Promise.all([
      caller.call('send_mail', toCarla),
      caller.call('share_file', { file: 'notes.txt', email: 'carla@example.com' }),
      caller.call('delete_file', { file: 'draft.txt' }),
    ]);
    const asked = new Set(replies.map(readAsked));
    expect(asked.size).toBe(1);
    [approval = ''] = asked;
    const { json } = await gateway.administrator.request('GET', `/v1/approvals/${approval}`);
    const { signedAction, kind } = json as { signedAction: string; kind: string };
    expect(kind).toBe('amendment');
    const { calls, entries } = JSON.parse(signedAction);
    expect(calls).toHaveLength(3);
    expect(entries).toHaveLength(3);
    expect(await gateway.records({ kind: 'approval.requested', task: caller.task })).toHaveLength(1);
    expect(await gateway.records({ kind: 'approval.extended', task: caller.task })).toHaveLength(2);
  });

  it('lets pass, once signed, all of them and what is like them, and no recipient beside them', async () => {
    const { gateway } = scene();
    const decided = await gateway.administrator.decide(approval, 'approve');
    expect(decided.json).toMatchObject({ state: 'released' });
    expect(isPending(await caller.call('send_mail', toCarla))).toBe(false);
    expect(isPending(await caller.call('send_mail', { ...toCarla, body: 'Another text' }))).toBe(false);
    expect(isPending(await caller.call('delete_file', { file: 'draft.txt' }))).toBe(false);
    expect(isPending(await caller.call('delete_file', { file: 'final.txt' }))).toBe(true);
    expect(isPending(await caller.call('send_mail', { ...toBen, recipient: 'eve@example.com' }))).toBe(true);
    expect(sent('delete_file')).toEqual([{ file: 'draft.txt' }]);
    const [amended] = await gateway.records({ kind: 'task.grant_amended', task: caller.task });
    expect(amended).toMatchObject({ approval, person: gateway.administrator.id });
    expect(JSON.stringify(amended)).not.toContain('carla@example.com');
  });

  it('still lets pass what it let pass after a restart', async () => {
    const { gateway } = scene();
    await gateway.restart();
    const again = createCaller({ ...caller, token: await caller.renew() }, scene().url);
    expect(isPending(await again.call('send_mail', toCarla))).toBe(false);
    expect(isPending(await again.call('send_mail', toBen))).toBe(false);
    expect(isPending(await again.call('delete_file', { file: 'other.txt' }))).toBe(true);
  });
});

describe('task.plan-narrowed', () => {
  it('is what the person makes of it: these values, once, and without what is left out', async () => {
    const { gateway } = scene();
    const caller = await enrol();
    const approval = readAsked(await caller.call('send_mail', toCarla));
    expect(readAsked(await caller.call('delete_file', { file: 'a.txt' }))).toBe(approval);
    const given = { tighter: { drop: ['2'], exact: true, once: true } };
    expect((await gateway.administrator.decide(approval, 'approve', undefined, given)).status).toBe(200);
    expect(isPending(await caller.call('send_mail', { ...toCarla, body: 'Other' }))).toBe(true);
    expect(isPending(await caller.call('send_mail', toCarla))).toBe(false);
    expect(isPending(await caller.call('send_mail', toCarla))).toBe(true);
    expect(isPending(await caller.call('delete_file', { file: 'a.txt' }))).toBe(true);
  });

  it('loses an entry at once when whoever answers for the task takes it away', async () => {
    const { gateway } = scene();
    const caller = await enrol();
    const { entries } = await readPlan(caller.task);
    const remove = entries.filter(({ tool }) => tool === 'shop/send_mail').map(({ id }) => id);
    const path = `/v1/tasks/${caller.task}/grant/narrow`;
    expect((await gateway.operator('POST', path, { remove })).status).toBe(200);
    expect((await readPlan(caller.task)).entries.map(({ tool }) => tool)).not.toContain('shop/send_mail');
    expect(isPending(await caller.call('send_mail', toBen))).toBe(true);
  });
});

describe('task.plan-confirmed', () => {
  it('tells policy that a person signed the prompt, or gave another', async () => {
    const { gateway } = scene();
    const caller = await enrol();
    const path = `/v1/tasks/${caller.task}/grant/amendments`;
    const asked = await gateway.operator('POST', path, { confirm: true });
    expect(asked.status).toBe(201);
    const { approval } = asked.json as { approval: { id: string } };
    expect((await gateway.administrator.decide(approval.id, 'approve')).status).toBe(200);
    expect(await readPlan(caller.task)).toMatchObject({ confirmedBy: gateway.administrator.id });
    const other = await gateway.operator('POST', path, { prompt: 'Delete the file draft.txt' });
    const { approval: second } = other.json as { approval: { id: string } };
    expect(isPending(await caller.call('delete_file', { file: 'draft.txt' }))).toBe(true);
    expect((await gateway.administrator.decide(second.id, 'approve')).status).toBe(200);
    expect(isPending(await caller.call('delete_file', { file: 'draft.txt' }))).toBe(false);
    expect(isPending(await caller.call('send_mail', toBen))).toBe(true);
  });

  it('proves nothing by words that a person has replaced', async () => {
    const { gateway } = scene();
    const caller = await enrol();
    const path = `/v1/tasks/${caller.task}/grant/amendments`;
    const other = await gateway.operator('POST', path, { prompt: 'Send a mail to Dora with the notes.' });
    const { approval } = other.json as { approval: { id: string } };
    expect((await gateway.administrator.decide(approval.id, 'approve')).status).toBe(200);
    const asked = readAsked(await caller.call('send_mail', toBen));
    const { json } = await gateway.administrator.request('GET', `/v1/approvals/${asked}`);
    const { calls } = JSON.parse((json as { signedAction: string }).signedAction);
    expect(calls[0].traces).toContainEqual(
      expect.objectContaining({ value: toBen.recipient, worst: 'model' }),
    );
  });
});

describe('task.plan-amended, for a client that follows tasks', () => {
  it('task.plan-amended: is asked with words that the client repeats, never as a task that could run twice', async () => {
    const caller = await enrol();
    const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
    const reply = await caller.call('send_mail', { ...toCarla, subject: 'Followed' }, { capabilities });
    expect(isPending(reply)).toBe(true);
    expect(reply.body).not.toContain('"resultType":"task"');
    await scene().gateway.administrator.decide(readAsked(reply), 'approve');
    const done = await caller.call('send_mail', { ...toCarla, subject: 'Followed' }, { capabilities });
    expect(JSON.parse(readText(done))).toMatchObject({ subject: 'Followed' });
  });
});
