import { readBackup, readClientFile, removeBackup, replaceClientFile } from '../../clients/client-file.ts';
import type { McpClient } from '../../clients/mcp-client.ts';
import { findOwnUpstream } from '../../clients/plan-connection.ts';
import { changeEntries, isObject, readEntries } from '../../clients/server-entries.ts';
import type { Session } from '../../session.ts';

interface Restored {
  readonly name: string;
  readonly action: 'put back' | 'taken out';
}

/**
 * Takes every server behind this gateway out of the client's file and puts back what was there before. What was changed in
 * the file since then stays, and so do the upstreams at the gateway.
 */
export function disconnect(
  session: Session,
  client: McpClient,
  { path, isDryRun }: { path: string; isDryRun: boolean },
): void {
  const before = readClientFile(path);
  const backup = readBackup(path);
  const earlier = backup === undefined ? new Map<string, unknown>() : readEntries(client, backup, path);
  const changes: [string, Readonly<Record<string, unknown>> | null][] = [];
  for (const [name, entry] of readEntries(client, before, path)) {
    if (findOwnUpstream(entry, session.serverUrl()) === undefined) continue;
    const original = earlier.get(name);
    changes.push([name, isObject(original) ? original : null]);
  }
  const restored = changes.map(
    ([name, entry]): Restored => ({ name, action: entry === null ? 'taken out' : 'put back' }),
  );
  session.print.rows(
    restored,
    [
      ['SERVER', ({ name }) => name],
      ['WHAT HAPPENS', ({ action }) => `is ${action}`],
    ],
    `${path} has no server behind this gateway`,
  );
  if (isDryRun) session.print.note('Nothing was changed.');
  if (isDryRun || changes.length === 0) return;
  replaceClientFile(path, before, changeEntries(client, before, new Map(changes), path));
  removeBackup(path);
  session.print.note(`${path} is written. The upstreams stay: \`countersign upstreams list\` shows them.`);
}
