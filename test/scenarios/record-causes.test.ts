import { readFileSync } from 'node:fs';
import { type RecordKind, recordKinds } from '@countersign/api';
import { beforeAll, describe, expect, it } from 'vitest';
import { readAsked } from '../attacks/ground/ask-to-pay.ts';
import { ASK_BEFORE_PAY } from '../attacks/ground/policies.ts';
import { createCaller } from './ground/create-caller.ts';
import { enrolHelper } from './ground/enrol-chain.ts';
import { waitForRecord } from './ground/read-evidence.ts';
import { recordCauses } from './ground/record-causes.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const scene = useScene({ policy: ASK_BEFORE_PAY });
const BEGINS = /^(?:Nothing|It names no earlier record)/;

describe('ledger.named-causes', () => {
  /** One of nearly everything that happens around a task. */
  beforeAll(async () => {
    const { gateway, url } = scene();
    const enrolled = await gateway.enrol({ name: 'payer', prompt: 'Pay the rent', limits: { depth: 1 } });
    const caller = createCaller(enrolled, url);
    await caller.call('echo', { text: 'hello' });
    const payment = { to: 'DE00 1234', amount: 1200, currency: 'EUR' };
    requireDone(await gateway.administrator.decide(readAsked(await caller.call('pay', payment)), 'approve'));
    await caller.call('pay', payment);
    const again = readAsked(await caller.call('pay', { ...payment, amount: 7 }));
    requireDone(await gateway.administrator.decide(again, 'deny'));
    await caller.call('pay', { ...payment, amount: 7 });
    const open = readAsked(await caller.call('pay', { ...payment, amount: 9 }));
    await enrolHelper(gateway, enrolled, { name: 'helper' });
    const target = { scope: 'agent', target: caller.agentId, reason: 'To look' };
    const { stop } = requireDone<{ stop: { id: string } }>(
      await gateway.operator('POST', '/v1/signals', target),
    );
    requireDone(await gateway.operator('POST', `/v1/signals/${stop.id}/lift`, { reason: 'Looked' }));
    requireDone(await gateway.operator('POST', `/v1/tasks/${enrolled.task}/end`, {}));
    await waitForRecord(gateway, 'approval.cancelled', { approval: open });
    requireDone(
      await gateway.operator('POST', `/v1/delegations/${enrolled.delegation}/revoke`, { reason: 'over' }),
    );
  }, 60_000);

  it('is said of every kind, as its page does', () => {
    for (const kind of recordKinds) {
      const causes = recordCauses[kind];
      expect(causes, `what ${kind} names stands in ground/record-causes.ts`).toBeDefined();
      const page = readFileSync(new URL(`../../docs/events/${kind}.md`, import.meta.url), 'utf8');
      const said = page.split('## What it follows from')[1]?.trim() ?? '';
      expect(said, kind).not.toBe('');
      if (causes?.length) expect(said, kind).not.toMatch(BEGINS);
    }
  });

  it('holds of every record of a day’s work, and every cause is there', async () => {
    const records = await scene().gateway.records({});
    const kinds = new Map(records.map(({ id, kind }) => [id, String(kind)]));
    const seen = new Set<string>();
    for (const { id, kind, causes } of records) {
      const named = causes.map((cause) => kinds.get(cause));
      expect(named, `${kind} ${id}`).not.toContain(undefined);
      const wanted = recordCauses[kind as RecordKind] ?? [];
      const isNamed = wanted.some((one) =>
        named.some((found) => found === one || (one.endsWith('*') && found?.startsWith(one.slice(0, -1)))),
      );
      expect(isNamed || wanted.length === 0, `${kind} names ${named.join(', ')}`).toBe(true);
      seen.add(String(kind));
    }
    expect([...seen]).toEqual(
      expect.arrayContaining([
        ...['task.opened', 'task.ended', 'delegation.revoked', 'approval.cancelled', 'approval.denied'],
        ...['approval.receipt_issued', 'signal.stopped', 'signal.lifted', 'action.release', 'token.issued'],
      ]),
    );
  });
});
