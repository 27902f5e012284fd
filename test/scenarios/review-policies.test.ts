import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyReviewReport } from '@countersign/ledger';
import type { HttpReply, TestPerson } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { breakWrites } from './ground/break-writes.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { runCountersign } from './ground/run-countersign.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

interface PolicyFile {
  readonly name: string;
  readonly text: string;
}
interface Change {
  readonly base: string;
  readonly file: string;
  readonly policyId: string;
  readonly text: string;
}
interface Item {
  readonly id: string;
  readonly digest: string;
  readonly state: string;
  readonly policy: { readonly why: string | null; readonly change: Change | null };
  readonly policyChange: { readonly standing: string; readonly undoneBy: string | null } | null;
}
interface Bundle {
  readonly version: string;
  readonly files: readonly PolicyFile[];
}

const scene = useScene();
const day = 86_400_000;
const payment = { to: 'DE02', amount: 5, currency: 'EUR' };
const everything = '@id("all") permit (principal, action, resource);';
const tools = {
  server: 'shop',
  upstream: 'shop',
  tools: ['echo', 'pay'].map((name) => ({
    ...{ name, effects: [name === 'pay' ? 'write' : 'read'], reversibility: 'reversible' },
    inputSchema: { type: 'object' },
  })),
};
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
const limits = { effects: ['read', 'write'] as const, upstreams: ['shop'], actions: ['shop/*'] };
const named = (caller: Caller) =>
  `@id("named") permit (principal == Countersign::Agent::"${caller.agentId}", action in Countersign::Action::"call", resource in Countersign::Upstream::"shop");`;

async function enrol(name: string): Promise<Caller> {
  const { gateway, url } = scene();
  const expiresAt = Date.now() + 80 * day;
  return createCaller(await gateway.enrol({ name, owner: ada, limits: { ...limits, expiresAt } }), url);
}

async function putInForce(
  files: readonly PolicyFile[],
): Promise<{ dropped: readonly object[]; version: string }> {
  return requireDone(await scene().gateway.operator('POST', '/v1/policies', { files }));
}

async function inForce(): Promise<Bundle> {
  return requireDone(await scene().gateway.operator('GET', '/v1/policies/active'));
}

async function openItem(caller: Caller): Promise<Item> {
  const { gateway } = scene();
  const asked = { title: 'Policies', scope: { ownerId: ada.id } };
  const { id } = requireDone<{ id: string }>(await gateway.operator('POST', '/v1/reviews', asked));
  const { list } = requireDone<{ list: readonly { id: string; agentId: string }[] }>(
    await gateway.operator('GET', `/v1/reviews/${id}`),
  );
  return getItem(list.find(({ agentId }) => agentId === caller.agentId)?.id ?? '');
}

async function getItem(id: string): Promise<Item> {
  return requireDone<Item>(await scene().gateway.operator('GET', itemPath(id)));
}

async function sign(path: string, body: object): Promise<object> {
  const begun = await ada.request('POST', `${path}/challenge`, body);
  return ada.passkey.assert(requireDone<{ challenge: string }>(begun).challenge);
}

async function shrink({ id, digest }: Item): Promise<HttpReply> {
  const body = { decision: 'shrink', digest };
  const assertion = await sign(itemPath(id), body);
  return ada.request('POST', itemPath(id, '/decide'), { ...body, milliseconds: 8_000, assertion });
}

async function undo({ id }: Item): Promise<HttpReply> {
  const assertion = await sign(itemPath(id, '/undo'), {});
  return ada.request('POST', itemPath(id, '/undo'), { assertion });
}

async function callAgain({ agent, delegation, call }: Caller, tool: string): Promise<HttpReply> {
  const { id: task } = await agent.openTask({ delegationId: delegation, purpose: 'Again' });
  const token = await agent.token({ task, resource: [scene().url] });
  return call(tool, tool === 'pay' ? payment : { text: 'x' }, { token });
}

/** A caller that used `echo` alone under a policy that names it, and its item. */
async function review(name: string): Promise<{ caller: Caller; item: Item; change: Change }> {
  const caller = await enrol(name);
  const files = [
    { name: 'base.cedar', text: everything },
    { name: 'shop.cedar', text: named(caller) },
  ];
  await putInForce(files);
  expect(isResult(await caller.call('echo', { text: 'a' }))).toBe(true);
  const item = await openItem(caller);
  const { change } = item.policy;
  if (change === null) throw new Error(item.policy.why ?? '');
  return { caller, item, change };
}

describe('review.policy-narrowed', () => {
  it('shows the exact lines, adds them with the delegation’s change on signature, and takes both back in one step', async () => {
    const { gateway } = scene();
    const { caller, item, change } = await review('narrowed');
    const before = await inForce();
    expect(item.policy).toMatchObject({
      why: null,
      change: { base: before.version, permits: ['shop:named'], tools: ['shop/pay'], upstreams: [] },
    });
    expect(change.text).toContain('forbid');
    expect(change.text).toContain(`Countersign::Agent::"${caller.agentId}"`);
    const page = await ada.request('GET', `/reviews/items/${item.id}`);
    expect(page.body).toContain(change.file);
    expect(page.body).toContain('shop/pay');

    const done = requireDone<Item>(await shrink(item));
    expect(done.policyChange).toMatchObject({
      text: change.text,
      from: before.version,
      standing: 'in_force',
    });
    const after = await inForce();
    expect(after.files.filter(({ name }) => name !== change.file)).toEqual(before.files);
    expect(after.files.find(({ name }) => name === change.file)?.text).toContain(change.text);
    const [decided] = await gateway.records({ kind: 'review.decided' });
    const activated = (await gateway.records({ kind: 'policy.activated' })).find(
      ({ policyVersion }) => policyVersion === after.version,
    );
    expect(activated).toMatchObject({
      causes: expect.arrayContaining([decided?.id]),
      body: { by: ada.id, item: item.id, previous: before.version },
    });
    expect(isResult(await callAgain(caller, 'echo'))).toBe(true);
    // What the policy takes away stays away under a delegation that somebody gives as wide as before.
    const bounds = { ...limits, expiresAt: Date.now() + day };
    const given = { agentId: caller.agentId, purpose: 'Again', limits: bounds };
    const wide = requireDone<{ id: string }>(await ada.request('POST', '/v1/delegations', given));
    expect(readRefusal(await callAgain({ ...caller, delegation: wide.id }, 'pay'))).toBe('action.denied');

    const undoPage = await ada.request('GET', `/reviews/items/${item.id}`);
    expect(undoPage.body).toContain('undoing removes exactly this');
    const undone = requireDone<Item>(await undo(item));
    expect(undone).toMatchObject({ state: 'undone', policyChange: { standing: 'missing' } });
    expect((await inForce()).files).toEqual(before.files);
    expect(isResult(await callAgain(caller, 'pay'))).toBe(true);
  });

  it('is whole after the server was ended right behind the signature, and says so in the signed report', async () => {
    const { gateway } = scene();
    const { caller, item, change } = await review('restarted');
    requireDone(await shrink(item));
    await gateway.restart();
    expect((await getItem(item.id)).policyChange).toMatchObject({ standing: 'in_force' });
    expect(isResult(await callAgain(caller, 'echo'))).toBe(true);
    const { reviewId } = requireDone<{ reviewId: string }>(await gateway.operator('GET', itemPath(item.id)));
    const { list } = requireDone<{ list: readonly { id: string; state: string }[] }>(
      await gateway.operator('GET', `/v1/reviews/${reviewId}`),
    );
    for (const { id, state } of list) if (state === 'open') requireDone(await shrink(await getItem(id)));
    const closed = await gateway.operator('POST', `/v1/reviews/${reviewId}/close`);
    requireDone(closed);
    const verdict = verifyReviewReport(closed.body);
    expect(verdict).toMatchObject({ valid: true });
    expect(JSON.stringify(verdict)).toContain(JSON.stringify(change.text).slice(1, -1));
  });

  it('says plainly why no policy changes', async () => {
    const caller = await enrol('unnamed');
    await putInForce([{ name: 'base.cedar', text: everything }]);
    await caller.call('echo', { text: 'a' });
    const item = await openItem(caller);
    expect(item.policy).toMatchObject({ change: null, why: expect.stringContaining('by name') });
    const page = await ada.request('GET', `/reviews/items/${item.id}`);
    expect(page.body).toContain('No policy change:');
    expect(requireDone<Item>(await shrink(item)).policyChange).toBeNull();
  });

  it('tells by name whoever puts policies in force without it', async () => {
    const { item, change } = await review('dropped');
    requireDone(await shrink(item));
    const narrowed = await inForce();
    const without = narrowed.files.filter(({ name }) => name !== change.file);
    const drop = { policyId: change.policyId, file: change.file, item: item.id, how: 'missing' };
    const checked = await scene().gateway.operator('POST', '/v1/policies/validate', { files: without });
    expect(requireDone<object>(checked)).toMatchObject({ dropped: [drop] });
    const { dropped, version } = await putInForce(without);
    expect(dropped).toMatchObject([drop]);
    const query = `from=${narrowed.version}&to=${version}`;
    const diff = await scene().gateway.operator('GET', `/v1/policies/diff?${query}`);
    expect(requireDone<object>(diff)).toMatchObject({ dropped: [drop] });
    const [activated] = (await scene().gateway.records({ kind: 'policy.activated' })).filter(
      ({ policyVersion }) => policyVersion === version,
    );
    expect(activated?.body).toMatchObject({ dropped: [change.policyId] });
    expect((await getItem(item.id)).policyChange).toMatchObject({ standing: 'missing' });
  });
});

describe('review.policy-written', () => {
  it('is shown by the command line, tried on test cases, written into a folder, and missed loudly', async () => {
    const { gateway } = scene();
    const { caller, item, change } = await review('commanded');
    const folder = mkdtempSync(join(tmpdir(), 'countersign-review-'));
    try {
      for (const { name, text } of (await inForce()).files) writeFileSync(join(folder, name), text);
      writeFileSync(join(folder, 'shop.tools.json'), JSON.stringify(tools));
      const owned = { bot: { id: caller.agentId, owner: 'ada' } };
      const cases = ['echo', 'pay'].map((tool) => ({
        ...{ name: `may ${tool}`, agent: 'bot', tool: `shop/${tool}`, arguments: {} },
        expect: { decision: 'allow' },
      }));
      writeFileSync(join(folder, 'shop.test.yaml'), JSON.stringify({ agents: owned, cases }));
      const run = (...words: string[]) =>
        runCountersign(words, {
          folder: gateway.folder,
          environment: { COUNTERSIGN_DATA: gateway.folder, COUNTERSIGN_URL: gateway.url },
        });

      const shown = await run('reviews', 'policy', item.id, folder);
      expect(shown.stdout).toContain(`+ ${change.text.split('\n')[0]}`);
      expect(shown.stdout).toContain('may pay');
      expect(shown.stdout).not.toContain('may echo');
      expect(shown.exitCode).toBe(4);
      const broken = JSON.parse((await run('reviews', 'policy', item.id, folder, '--json')).stdout);
      expect(broken).toMatchObject({ why: null, applied: null, breaks: [{ name: 'may pay' }] });

      requireDone(await shrink(item));
      const activate = await run('policies', 'activate', folder);
      expect(activate.stderr).toContain(`${change.policyId} is missing from ${change.file}`);
      expect(activate.stderr).toContain('WARNING');
      const written = await run('reviews', 'policy', item.id, '--write', folder);
      expect(written.stderr).toContain(change.file);
      const again = await run('policies', 'activate', folder, '--json');
      expect(JSON.parse(again.stdout)).toMatchObject({ dropped: [] });
      expect((await getItem(item.id)).policyChange).toMatchObject({ standing: 'in_force' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('review.policy-attacked', () => {
  it('changes neither delegation nor policies when the last write of the decision fails, and both the next time', async () => {
    const { gateway } = scene();
    const { caller, item, change } = await review('broken-off');
    const before = await inForce();
    const body = { decision: 'shrink', digest: item.digest };
    // The item is saved last, after the delegation and the policies.
    const mend = await breakWrites(gateway.folder, 'review_items');
    try {
      const assertion = await sign(itemPath(item.id), body);
      const failed = await ada.request('POST', itemPath(item.id, '/decide'), { ...body, assertion });
      expect(failed.status).toBeGreaterThanOrEqual(500);
      expect(await inForce()).toEqual(before);
      const held = await gateway.operator('GET', `/v1/delegations/${caller.delegation}`);
      expect(held.json).toMatchObject({ state: 'active' });
      expect(await getItem(item.id)).toMatchObject({ state: 'open', digest: item.digest });
    } finally {
      await mend();
    }
    requireDone(await shrink(await getItem(item.id)));
    expect((await inForce()).files.map(({ name }) => name)).toContain(change.file);
  });

  it('refuses what was signed for other policies than those in force, and proposes anew', async () => {
    const { item, change } = await review('raced');
    const body = { decision: 'shrink', digest: item.digest };
    const assertion = await sign(itemPath(item.id), body);
    const { files } = await inForce();
    await putInForce([
      ...files,
      { name: 'more.cedar', text: 'forbid (principal, action, resource) when { false };' },
    ]);
    const late = await ada.request('POST', itemPath(item.id, '/decide'), { ...body, assertion });
    expect(refusal(late)).toBe('review.changed');
    const fresh = await getItem(item.id);
    expect(fresh).toMatchObject({ state: 'open', policy: { change: { text: change.text } } });
    expect(fresh.policy.change?.base).not.toBe(change.base);
    requireDone(await shrink(fresh));
    expect((await inForce()).files.map(({ name }) => name)).toContain('more.cedar');
  });

  it('removes exactly its own lines when later policies came, and nothing that somebody changed', async () => {
    const { item, change } = await review('later');
    requireDone(await shrink(item));
    const narrowed = await inForce();
    const more = { name: 'more.cedar', text: 'forbid (principal, action, resource) when { false };' };
    await putInForce([...narrowed.files, more]);
    const changed = narrowed.files.map((file) =>
      file.name === change.file ? { ...file, text: file.text.replace('shop/pay', 'shop/echo') } : file,
    );
    await putInForce([...changed, more]);
    expect(refusal(await ada.request('POST', itemPath(item.id, '/undo/challenge'), {}))).toBe(
      'review.not_undoable',
    );
    await putInForce([...narrowed.files, more]);
    requireDone(await undo(item));
    const names = (await inForce()).files.map(({ name }) => name);
    expect(names).toContain('more.cedar');
    expect(names).not.toContain(change.file);
  });

  it('leaves what the agent holds from another delegation, and is none of what is decided together', async () => {
    const { gateway } = scene();
    const { caller, item } = await review('elsewhere');
    const { reviewId } = requireDone<{ reviewId: string }>(await gateway.operator('GET', itemPath(item.id)));
    const page = await ada.request('GET', `/reviews/${reviewId}`);
    const [, bulk = ''] = page.body.split('together: ');
    expect(bulk).not.toContain(item.id);
    const bounds = { ...limits, expiresAt: Date.now() + day };
    const given = { agentId: caller.agentId, purpose: 'Pays elsewhere', limits: bounds };
    requireDone(await ada.request('POST', '/v1/delegations', given));
    expect((await getItem(item.id)).policy).toMatchObject({ change: null });
  });
});
