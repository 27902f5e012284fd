import { writeFileSync } from 'node:fs';
import { type ExportReport, readLines, verifyExport } from '@countersign/ledger';
import { ControlClient } from '../../control/control-client.ts';
import { readOperatorToken } from '../../control/find-server.ts';
import { reportError } from '../../report-error.ts';
import type { Session } from '../../session.ts';
import { demoFinishedFile } from './demo-folder.ts';
import { enrolAgent } from './enrol-agent.ts';
import { tell } from './narrator.ts';
import { playScenes } from './play-scenes.ts';
import { prepareUpstreams } from './prepare-upstreams.ts';
import { waitForOwner } from './wait-for-owner.ts';

export interface DemoSetting {
  readonly url: string;
  readonly dataFolder: string;
  /** One-time link of the first administrator, while nobody has joined. */
  readonly administratorLink: string | null;
}

export interface PlayedDemo {
  /** True when a person approved and the third call ran. */
  readonly completed: boolean;
  /** Ends the demo's own upstream. */
  close(): Promise<void>;
}

/**
 * A scripted agent against two real upstreams: one call is allowed, one denied, one needs a person and completes once
 * it is approved. The agent speaks to the server over HTTP with the SDK, like any other.
 */
export async function playDemo(session: Session, setting: DemoSetting): Promise<PlayedDemo> {
  const { print, signal } = session;
  const { url, dataFolder, administratorLink } = setting;
  const api = createClient(session, setting);
  const { payments, folder } = await prepareUpstreams(api, dataFolder);
  try {
    const owner = await waitForOwner(api, print, { administratorLink, signal });
    const agent = await enrolAgent(api, { url, dataFolder, folder, owner });
    tell(print, {
      event: 'demo.started',
      mark: 'note',
      title: `Demo: an agent settles invoices for ${owner.displayName}`,
      lines: agent.delegation.description,
      facts: { agent: agent.agentId, task: agent.task.id, delegation: agent.delegation.id },
    });
    const completed = await playScenes(session, api, agent, folder).finally(() =>
      agent.task.end().catch(() => undefined),
    );
    await proveEvidence(session, api);
    suggest(session, agent.agentId, agent.task.id);
    if (completed) writeFileSync(demoFinishedFile(dataFolder), '');
    return { completed, close: () => payments.close() };
  } catch (error) {
    await payments.close();
    throw error;
  }
}

/** Runs the demo, or a part of it, beside a server that goes on whatever happens to it. Gives what ends it. */
export async function runBesideServer(
  session: Session,
  work: () => Promise<() => Promise<void>>,
): Promise<() => Promise<void>> {
  try {
    return await work();
  } catch (error) {
    if (!session.signal.aborted) {
      const reported = reportError(error, false);
      const text = `The demo stopped; the server goes on.\n${reported.text}`;
      session.print.line({ event: 'demo.failed', error: reported.error }, text);
    }
    return async () => undefined;
  }
}

/** Brings the upstreams of a demo played before back to life, and nothing else. */
export async function restoreUpstreams(session: Session, setting: DemoSetting): Promise<() => Promise<void>> {
  const { payments } = await prepareUpstreams(createClient(session, setting), setting.dataFolder);
  return () => payments.close();
}

function createClient({ signal }: Session, { url, dataFolder }: DemoSetting): ControlClient {
  return new ControlClient({ url, token: () => readOperatorToken(dataFolder), signal });
}

async function proveEvidence({ print }: Session, api: ControlClient): Promise<void> {
  const report: ExportReport = await verifyExport(readLines(await api.download('/v1/ledger/export')));
  const { valid, records, root, findings } = report;
  tell(print, {
    event: 'demo.verified',
    mark: valid ? 'allowed' : 'denied',
    title: valid ? `The ledger verifies: ${records} records` : 'The ledger does not verify',
    lines: valid ? [`tree root ${root}`] : findings.map(({ code, detail }) => `${code}: ${detail}`),
    facts: { valid, records, root },
  });
}

function suggest({ print }: Session, agentId: string, taskId: string): void {
  print.next(
    `ledger search --task ${taskId}`,
    'approvals list --history',
    `signals stop agent ${agentId} --reason 'a drill'`,
    'demo',
  );
}
