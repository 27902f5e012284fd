import { type PlainTool, startPlainUpstream } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { enrolHelper } from './ground/enrol-chain.ts';
import { useScene } from './ground/use-scene.ts';

const shape = { type: 'object', properties: { fail: { type: 'boolean' } }, additionalProperties: false };
const tools: readonly PlainTool[] = ['books', 'scan', 'mail'].map((name) => ({
  ...{ name, description: `Does ${name}`, inputSchema: shape },
}));
const scene = useScene({
  upstream: () =>
    startPlainUpstream({
      tools,
      call: (_, args) => ({
        content: [{ type: 'text', text: 'done' }],
        isError: (args as { fail?: boolean }).fail === true,
      }),
    }),
  policy: `
    @id("all") permit (principal, action, resource);
    @id("scan-first") @after("called=tool:shop/books; without=tool:shop/scan")
    forbid (principal, action == Countersign::Action::"shop/mail", resource);`,
});

const may = async (caller: Caller): Promise<boolean> => {
  const reply = await caller.call('mail', {});
  if (!isResult(reply)) expect(readRefusal(reply)).toBe('action.denied');
  return isResult(reply);
};
const enrol = async () => createCaller(await scene().gateway.enrol({ limits: { depth: 1 } }), scene().url);

describe('policy.sequences', () => {
  it('lets out before, refuses after, until it is settled, and begins again', async () => {
    const caller = await enrol();
    expect(await may(caller)).toBe(true);
    await caller.call('books', {});
    expect(await may(caller)).toBe(false);
    await caller.call('scan', { fail: true });
    expect(await may(caller)).toBe(false);
    await caller.call('scan', {});
    expect(await may(caller)).toBe(true);
    await caller.call('books', {});
    expect(await may(caller)).toBe(false);
  });

  it('knows the order again after a restart, and in tasks inside', async () => {
    const { gateway, url } = scene();
    const first = await gateway.enrol({ limits: { depth: 1 } });
    const giver = createCaller(first, url);
    const helper = createCaller(await enrolHelper(gateway, first, { name: 'helper' }), url);
    await giver.call('books', {});
    expect(await may(helper)).toBe(false);
    await gateway.restart();
    const again = createCaller({ ...first, token: await first.renew() }, url);
    expect(await may(again)).toBe(false);
    await again.call('scan', {});
    expect(await may(again)).toBe(true);
    await gateway.restart();
    const last = createCaller({ ...first, token: await first.renew() }, url);
    expect(await may(last)).toBe(true);
  });
});
