import type { GatewayDriver, TestRecord } from '@countersign/testkit';
import { expect, vi } from 'vitest';

export interface Evidence {
  readonly intent: TestRecord;
  readonly decision: TestRecord;
  readonly release: TestRecord | undefined;
  readonly outcome: TestRecord;
}

type Filter = { readonly [name: string]: string };

/** The records of one action, oldest first. */
export async function readAction(gateway: GatewayDriver, action: string): Promise<readonly TestRecord[]> {
  return (await gateway.records({ action })).toReversed();
}

/** The newest record of a kind, once there is one: outcomes are written after their caller has been answered. */
export async function waitForRecord(
  gateway: GatewayDriver,
  kind: string,
  filter: Filter = {},
): Promise<TestRecord> {
  const look = async (): Promise<TestRecord> => {
    const [found] = await gateway.records({ kind, limit: '1', ...filter });
    if (found === undefined) throw new Error(`no record of ${kind}`);
    return found;
  };
  return vi.waitFor(look, { timeout: 5_000 });
}

/** The evidence of the agent's latest action that went out; each record is one that the ones before it caused. */
export async function readEvidence(gateway: GatewayDriver, filter: Filter): Promise<Evidence> {
  const last = await waitForRecord(gateway, 'action.intent', filter);
  const action = String(last.action);
  await waitForRecord(gateway, 'action.outcome', { action });
  const records = await readAction(gateway, action);
  const [intent, decision, ...rest] = records;
  const outcome = rest.at(-1);
  const release = rest.find(({ kind }) => kind === 'action.release');
  if (intent === undefined || decision === undefined || outcome === undefined)
    throw new Error(`no evidence of ${action}: ${records.map(({ kind }) => kind).join()}`);
  const released = release === undefined ? [] : ['action.release'];
  expect(records.map(({ kind }) => kind)).toEqual([
    'action.intent',
    'action.decision',
    ...released,
    'action.outcome',
  ]);
  expect(decision.causes).toContain(intent.id);
  if (release !== undefined) expect(release.causes).toContain(decision.id);
  const causes = [intent.id, decision.id, ...(release === undefined ? [] : [release.id])];
  expect(outcome.causes).toEqual(causes);
  return { intent, decision, release, outcome };
}
