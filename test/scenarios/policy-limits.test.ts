import { type HttpReply, startPlainUpstream } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller, readText } from './ground/create-caller.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

/** `echo` answers with its text alone, so that its lines are the rows of the answer. */
const upstream = () =>
  startPlainUpstream({
    call: (_name, args) => ({
      content: [{ type: 'text', text: (args as { text?: string }).text ?? 'paid' }],
    }),
  });
const scene = useScene({ upstream });

const permit = (limit: string, action = '') =>
  `@id("limited") @limit("${limit}") permit (principal, action${action}, resource);`;
const use = async (policy: string) => requireDone(await scene().gateway.activatePolicy(policy));
const enrol = async (limits = {}): Promise<Caller> => {
  const { gateway, url } = scene();
  return createCaller(await gateway.enrol({ limits }), url);
};
const echo = (caller: Caller, text = 'one') => caller.call('echo', { text });
const pay = (caller: Caller, change = {}) => caller.call('pay', { ...PAYMENT, ...change });
const readFacts = (reply: HttpReply) =>
  (reply.json as { result: { _meta: { 'countersign/refusal': object } } }).result._meta[
    'countersign/refusal'
  ];
/** Lines of one letter: the rows that came through, whatever is said beside them. */
const countLetters = (reply: HttpReply) =>
  isResult(reply)
    ? readText(reply)
        .split('\n')
        .filter((line) => line.length === 1).length
    : 0;
const readLimits = async (agentId: string) => {
  const found = await scene().gateway.operator('GET', `/v1/policies/limits?agentId=${agentId}`);
  return requireDone<{ items: readonly object[] }>(found).items;
};

beforeAll(async () => {
  requireDone(
    await scene().gateway.operator('PUT', '/v1/upstreams/shop/tools/pay/classification', {
      effects: ['write', 'spend'],
      dataDomain: 'payments',
      amountPointer: '/amount',
      amountCurrency: '/currency',
    }),
  );
});

describe('policy.limits', () => {
  it('let out so many calls a window, and say of whom and until when, but not by which policy', async () => {
    await use(permit('per=agent; calls=2; within=1h'));
    const caller = await enrol();
    const other = await enrol();
    expect(isResult(await echo(caller))).toBe(true);
    expect(isResult(await echo(caller))).toBe(true);
    const before = scene().upstream.journal.calls().length;
    const refused = await echo(caller);
    expect(scene().upstream.journal.calls()).toHaveLength(before);
    expect(refused.body).not.toContain('limited');
    const facts = readFacts(refused) as { resetsAt: number };
    expect(facts).toMatchObject({
      code: 'action.limit_reached',
      per: 'agent',
      unit: 'calls',
      retryable: true,
    });
    expect(facts.resetsAt % 3_600_000).toBe(0);
    const [record] = await scene().gateway.records({ kind: 'action.refused', agent: caller.agentId });
    expect(record?.body).toMatchObject({ limit: { policyId: 'test:limited', subject: caller.agentId } });
    expect(isResult(await echo(other))).toBe(true);
    expect(await readLimits(caller.agentId)).toMatchObject([{ used: 2, left: 0, most: 2, per: 'agent' }]);
  });

  it('hold across a restart, and begin anew with the next window', async () => {
    await use(permit('per=agent; calls=1; within=1h, per=task; calls=3'));
    const { gateway } = scene();
    const caller = await enrol();
    expect(isResult(await echo(caller))).toBe(true);
    await gateway.restart();
    // The proofs of possession of before are worth nothing, the token is.
    expect(readRefusal(await echo(caller))).toBe('action.limit_reached');
    gateway.advance(3_600_000);
    const later = await enrol();
    expect(isResult(await echo(later))).toBe(true);
    gateway.advance(-3_600_000);
    const back = await enrol();
    expect(isResult(await echo(back))).toBe(true);
    expect(readRefusal(await echo(later))).toBeDefined();
  });

  it('count money in its own currency alone, for the person over all agents', async () => {
    await use(permit('per=owner; money=2000:EUR; within=1d'));
    const [one, other] = [await enrol({ currency: null }), await enrol({ currency: null })];
    expect(isResult(await pay(one))).toBe(true);
    expect(readRefusal(await pay(other))).toBe('action.limit_reached');
    expect(isResult(await pay(other, { amount: 800 }))).toBe(true);
    expect(readRefusal(await pay(one, { amount: 1 }))).toBe('action.limit_reached');
    const dollars = await pay(one, { amount: 1, currency: 'USD' });
    expect(readFacts(dollars)).toMatchObject({ code: 'action.limit_reached', retryable: false });
    expect(isResult(await echo(one))).toBe(true);
  });

  it('refuse where one of several satisfied permits has no room, and then take from none', async () => {
    await use(`${permit('per=agent; calls=1')}
      @id("wide") @limit("per=tool; calls=100") permit (principal, action, resource);
      @id("free") permit (principal, action, resource);`);
    const caller = await enrol();
    expect(isResult(await echo(caller))).toBe(true);
    const used = async () =>
      (await readLimits(caller.agentId)).filter((one) => 'subject' in one && one.subject === 'shop/echo');
    const before = await used();
    expect(readFacts(await echo(caller))).toMatchObject({ per: 'agent', resetsAt: null, retryable: false });
    expect(await used()).toEqual(before);
  });

  it('take once from what a person has approved, when it is let out', async () => {
    await use(`${permit('per=agent; calls=1')}
      @id("ask") @stepUp("approvers=role:approver") forbid (principal, action == Countersign::Action::"shop/pay", resource);`);
    const caller = await enrol();
    const approval = readAsked(await pay(caller));
    expect(await readLimits(caller.agentId)).toMatchObject([{ used: 0 }]);
    await scene().gateway.administrator.decide(approval, 'approve');
    expect(isResult(await pay(caller))).toBe(true);
    expect(await readLimits(caller.agentId)).toMatchObject([{ used: 1, left: 0 }]);
    expect(readRefusal(await echo(caller))).toBe('action.limit_reached');
  });

  it('are told to policies as what was used today', async () => {
    await use(`@id("today") permit (principal, action, resource)
      when { context.today.agentCalls < 2 && context.today.agentSpendMinor < 1200 };`);
    const caller = await enrol();
    expect(isResult(await pay(caller))).toBe(true);
    expect(readRefusal(await pay(caller))).toBe('action.denied');
    expect(isResult(await echo(caller))).toBe(true);
    expect(readRefusal(await echo(caller))).toBe('action.denied');
  });

  it.each([
    'forbid (principal, action, resource);',
    'permit (principal, action, resource); // @id is missing',
  ])('refuse a bundle where they mean nothing: %s', async (policy) => {
    const refused = await scene().gateway.activatePolicy(`@limit("per=agent; calls=1") ${policy}`);
    expect(refused.json).toMatchObject({ code: 'policy.invalid' });
    expect(refused.body).toContain('@limit');
  });
});

describe('policy.result-limits', () => {
  it('set aside what an answer may bring, and give back what it did not', async () => {
    await use(permit('per=agent; rows=5; bytes=2000'));
    const caller = await enrol();
    expect(isResult(await echo(caller, 'a\nb\nc'))).toBe(true);
    const readRows = async () =>
      (await readLimits(caller.agentId)).find((one) => 'unit' in one && one.unit === 'rows');
    // The answer does not wait for the write of its outcome.
    await expect.poll(readRows).toMatchObject({ used: 3, left: 2 });
    const tooMany = await echo(caller, 'd\ne\nf');
    expect(readRefusal(tooMany)).toBe('action.limit_reached');
    expect(readText(tooMany)).not.toContain('e\nf');
    expect(isResult(await echo(caller, 'g\nh'))).toBe(true);
    const before = scene().upstream.journal.calls().length;
    expect(readRefusal(await echo(caller, 'i'))).toBe('action.limit_reached');
    expect(scene().upstream.journal.calls()).toHaveLength(before);
  });

  it('never let a byte too many through, however many calls come at once', async () => {
    await use(permit('per=agent; bytes=3000'));
    const caller = await enrol();
    const replies = await Promise.all(Array.from({ length: 12 }, () => echo(caller, 'x'.repeat(500))));
    const got = replies.filter(isResult).reduce((sum, reply) => sum + Buffer.byteLength(reply.body), 0);
    expect(got).toBeGreaterThan(0);
    expect(got).toBeLessThanOrEqual(3000);
    for (const reply of replies)
      if (!isResult(reply)) expect(readRefusal(reply)).toBe('action.limit_reached');
  });

  it('set aside no more than a cap lets through, so that calls go out together', async () => {
    await use(`@cap("rows=5") ${permit('per=agent; rows=320')}`);
    const caller = await enrol();
    const lines = 'a\nb\nc\nd\ne\nf\ng\nh';
    const replies = await Promise.all(Array.from({ length: 64 }, () => echo(caller, lines)));
    expect(replies.filter(isResult)).toHaveLength(64);
    for (const reply of replies) expect(countLetters(reply)).toBe(5);
    expect(replies[0]?.body).toContain('3 were cut off');
    await expect.poll(() => readLimits(caller.agentId)).toMatchObject([{ used: 320, left: 0 }]);
    expect(readRefusal(await echo(caller, 'i'))).toBe('action.limit_reached');
  });

  it('cut a capped answer to what is left, and never let a row too many through', async () => {
    await use(`@cap("rows=5") ${permit('per=agent; rows=203')}`);
    const caller = await enrol();
    const replies = await Promise.all(Array.from({ length: 64 }, () => echo(caller, 'a\nb\nc\nd\ne\nf')));
    expect(replies.filter(isResult)).toHaveLength(41);
    expect(replies.reduce((sum, reply) => sum + countLetters(reply), 0)).toBe(203);
    for (const reply of replies)
      if (!isResult(reply)) expect(readRefusal(reply)).toBe('action.limit_reached');
    await expect.poll(() => readLimits(caller.agentId)).toMatchObject([{ used: 203, left: 0 }]);
  });

  it('hold for bytes in the same way', async () => {
    await use(`@cap("bytes=400") ${permit('per=agent; bytes=200000')}`);
    const caller = await enrol();
    const replies = await Promise.all(Array.from({ length: 64 }, () => echo(caller, 'x'.repeat(3000))));
    const got = replies.filter(isResult);
    // Each sets aside its cap twice and room for what is said beside it, and gives most of that back.
    expect(got.length).toBeGreaterThanOrEqual(11);
    const bytes = got.reduce((sum, reply) => sum + Buffer.byteLength(reply.body), 0);
    expect(bytes).toBeLessThanOrEqual(200_000);
    await expect.poll(() => readLimits(caller.agentId)).toMatchObject([{ used: bytes }]);
    for (const reply of got) expect(reply.body.match(/x/g)?.length).toBeLessThanOrEqual(410);
  });

  it('are part of delegations, and counted over all that was passed on', async () => {
    await use('@id("all") permit (principal, action, resource);');
    const caller = await enrol({ rows: 4 });
    expect(isResult(await echo(caller, 'a\nb\nc'))).toBe(true);
    expect(readRefusal(await echo(caller, 'd\ne'))).toBe('action.limit_reached');
    expect(isResult(await echo(caller, 'd'))).toBe(true);
    expect(readRefusal(await echo(caller, 'e'))).toBe('task.budget_spent');
    const { json } = await scene().gateway.operator('GET', `/v1/delegations/${caller.delegation}`);
    expect(json).toMatchObject({ used: { calls: 3, rows: 4 } });
  });
});
