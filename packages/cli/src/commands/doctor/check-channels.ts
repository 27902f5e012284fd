import type { ControlClient } from '../../control/control-client.ts';
import type { Finding } from '../../dev-findings.ts';
import { listStandings } from '../approvals/channel-standing.ts';

const lateMilliseconds = 10 * 60_000;

/** Whether people can be told beyond their inbox, and are. */
export async function checkChannels(api: ControlClient, now: number): Promise<readonly Finding[]> {
  const channels = await listStandings(api);
  const findings: Finding[] = [];
  if (channels.length === 1) {
    findings.push({
      id: 'channels.none',
      severity: 'info',
      what: 'people are told of requests in their inbox alone',
      fix: 'add web push, mail, Slack or a webhook under approvals.channels (docs/channels.md)',
    });
  }
  for (const { name, owed, owedSince, failed, lastFailure } of channels) {
    const fix = `countersign approvals test-channel ${name}`;
    if (owedSince !== null && now - owedSince > lateMilliseconds) {
      const what = `${owed} cards wait for the channel ${name}, the oldest for more than ten minutes`;
      findings.push({ id: 'channels.late', severity: 'warning', what, fix });
    }
    if (failed > 0) {
      const what = `the channel ${name} could not show ${failed} cards: ${lastFailure ?? 'for no known reason'}`;
      findings.push({ id: 'channels.failed', severity: 'warning', what, fix });
    }
  }
  return findings;
}
