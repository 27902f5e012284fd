import { canonicalJson } from '@countersign/core';
import { verifyExport } from '@countersign/ledger';
import type { TestPerson } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { PAYMENT, readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { askToErase } from './ground/ask-to-erase.ts';
import { createCaller, readText } from './ground/create-caller.ts';
import { findBytes, findDigest } from './ground/find-bytes.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

/** Stands in all that is to be erased, and nowhere else. */
const MARK = 'Marguerite-Yourcenar-7781';
const KEPT = 'stays-readable-2290';

const scene = useScene({ policy: ASK_BEFORE_PAY });

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

interface Preview {
  readonly digest: string;
  readonly records: number;
  readonly kinds: Readonly<Record<string, number>>;
}

describe('ledger.erased', { timeout: 120_000 }, () => {
  let task: string;
  let before: readonly string[];
  let approval: string;
  let callDigest: string;
  let preview: Preview;
  let ida: TestPerson;

  beforeAll(async () => {
    const { gateway, url } = scene();
    const other = createCaller(await gateway.enrol({ prompt: KEPT }), url);
    await other.call('echo', { text: KEPT });
    const enrolled = await gateway.enrol({ prompt: `Pay ${MARK} what we owe` });
    const caller = createCaller(enrolled, url);
    expect(readText(await caller.call('echo', { text: `letter of ${MARK}` }))).toContain(MARK);
    const payment = { ...PAYMENT, to: MARK };
    approval = readAsked(await caller.call('pay', payment));
    expect((await gateway.administrator.decide(approval, 'approve')).status).toBe(200);
    expect(readText(await caller.call('pay', payment))).toContain(MARK);
    await caller.call('pay', { ...payment, to: `${MARK} again` });
    const [opened] = await gateway.records({ kind: 'task.opened', agent: caller.agentId });
    task = String(opened?.task);
    const shown = await gateway.administrator.request('GET', `/v1/approvals/${approval}`);
    callDigest = requireDone<{ callDigest: string }>(shown).callDigest;
    before = await gateway.exportLedger();
    expect(before.join('\n')).toContain(MARK);
  }, 60_000);

  const ask = (path: string, body: object) =>
    scene().gateway.administrator.request('POST', `/v1/ledger/${path}`, body);

  it('is refused while the task goes on, for others than administrators, and on hold', async () => {
    const { gateway } = scene();
    const { digest } = requireDone<Preview>(await ask('erasures/preview', { id: task }));
    const alone = await ask('erasures', { id: task, digest, reason: 'asked for' });
    expect(alone.json).toMatchObject({ code: 'ledger.erasure_needs_two' });
    ida = await gateway.invite('Ida', ['auditor', 'owner']);
    const early = await askToErase(gateway.administrator, ida, { id: task, digest, reason: 'asked for' });
    expect((await early()).json).toMatchObject({ code: 'ledger.still_in_use' });
    requireDone(await gateway.operator('POST', `/v1/tasks/${task}/end`, {}));
    preview = requireDone<Preview>(await ask('erasures/preview', { id: task }));
    expect(preview.kinds).toMatchObject({ 'action.intent': 4, 'approval.granted': 1, 'task.opened': 1 });
    const stale = await ask('erasures', { id: task, digest, reason: 'asked for' });
    expect(stale.json).toMatchObject({ code: 'ledger.selection_changed' });
    const forbidden = await ida.request('POST', '/v1/ledger/erasures/preview', { id: task });
    expect(forbidden.status).toBe(403);
    const { digest: now } = preview;
    const second = await askToErase(gateway.administrator, ida, {
      id: task,
      digest: now,
      reason: 'asked for',
    });
    const hold = requireDone<{ id: string }>(await ask('holds', { id: task, reason: 'case 12' }));
    expect((await second()).json).toMatchObject({ code: 'ledger.on_hold' });
    const path = `/v1/ledger/holds/${hold.id}/end`;
    expect((await gateway.operator('POST', path, { reason: 'case closed' })).status).toBe(403);
    const other = await gateway.invite('Ben', ['admin']);
    requireDone(await other.request('POST', path, { reason: 'case closed' }));
  });

  it('leaves nothing of it in any file of the data folder, nor in an export', async () => {
    const { gateway } = scene();
    if (process.env.TEST_POSTGRES_URL === undefined) expect(findBytes(gateway.folder, MARK)).not.toEqual([]);
    requireDone(await ask('key-copies', {}));
    const asked = { id: task, digest: preview.digest, reason: 'asked for by the person' };
    const { erased } = requireDone<{ erased: { records: number; keyCopies: readonly number[] } }>(
      await (await askToErase(gateway.administrator, ida, asked))(),
    );
    expect(erased).toMatchObject({ records: preview.records, keyCopies: [1] });
    expect(findBytes(gateway.folder, MARK)).toEqual([]);
    expect(findBytes(gateway.folder, callDigest)).toEqual([]);
    const payment = { ...PAYMENT, to: MARK };
    const said = [`Pay ${MARK} what we owe`, canonicalJson(payment), JSON.stringify(payment), MARK];
    expect(said.flatMap((text) => findDigest(gateway.folder, text))).toEqual([]);
    const after = await gateway.exportLedger();
    expect(after.join('\n')).not.toContain(MARK);
    expect(after.join('\n')).toContain(KEPT);
    expect(await gateway.records({ task, kind: 'action.intent' })).toEqual([]);
    const told = await gateway.records({ task });
    expect(told.map(({ kind }) => kind)).toContain('ledger.erased');
  });

  it('leaves every proof as it was, before and after', async () => {
    const { gateway } = scene();
    const reply = await gateway.operator('GET', '/v1/ledger/checkpoint');
    const { vkey } = requireDone<{ vkey: string }>(reply);
    const checkpoint = JSON.parse(before.at(-1) ?? '').checkpoint as string;
    const earlier = await verifyExport(each(before), { vkey });
    expect(earlier).toMatchObject({ valid: true, erased: 0 });
    const report = await verifyExport(each(await gateway.exportLedger()), { vkey, checkpoint });
    expect(report).toMatchObject({ valid: true, erased: preview.records, findings: [] });
    const intent = before
      .map((line) => JSON.parse(line).entry)
      .find((entry) => entry?.kind === 'action.intent');
    const proven = await gateway.operator('GET', `/v1/ledger/records/${intent.id}`);
    expect(proven.json).toMatchObject({ proof: { path: expect.any(Array) } });
  });

  it('still shows the approval, without what was said', async () => {
    const { administrator } = scene().gateway;
    const shown = await administrator.request('GET', `/v1/approvals/${approval}`);
    expect(shown.status, shown.body).toBe(200);
    expect(shown.body).not.toContain(MARK);
    expect(shown.json).toMatchObject({ callDigest: '' });
    const page = await administrator.request('GET', `/approvals/${approval}`);
    expect(page.status).toBe(200);
    const receipt = await administrator.request('GET', `/v1/approvals/${approval}/receipt`);
    expect([receipt.status, receipt.body.includes(MARK)]).toEqual([404, false]);
    const history = await administrator.request('GET', '/v1/approvals?filter=history');
    expect(history.body).toContain(approval);
  });

  it('stays so after a restart', async () => {
    const { gateway } = scene();
    await gateway.restart();
    expect(findBytes(gateway.folder, MARK)).toEqual([]);
    expect((await gateway.exportLedger()).join('\n')).toContain(KEPT);
  });
});
