import { CliError } from '../cli-error.ts';
import type { ControlClient } from '../control/control-client.ts';
import { RemoteError } from '../control/remote-error.ts';
import type { PlannedEntry, PlannedMove } from './plan-connection.ts';
import { isObject, own } from './server-entries.ts';

/** Puts each planned server behind the gateway. One that the gateway refuses stays where it is, and leaves nothing there. */
export async function moveServers(
  api: ControlClient,
  planned: readonly (PlannedEntry | PlannedMove)[],
): Promise<readonly PlannedEntry[]> {
  const done: PlannedEntry[] = [];
  for (const one of planned) done.push(isMove(one) ? await moveServer(api, one) : one);
  return done;
}

export function isMove(one: PlannedEntry | PlannedMove): one is PlannedMove {
  return 'settings' in one;
}

async function moveServer(api: ControlClient, move: PlannedMove): Promise<PlannedEntry> {
  const { kind, settings, values, ...entry } = move;
  const existing = await findUpstream(api, move.upstream);
  if (existing !== undefined) {
    if (isSameServer(existing, settings)) return entry;
    return keep(entry, `the gateway has another upstream called ${move.upstream}; rename one of them`);
  }
  const held = await api.list<{ readonly name: string }>('/v1/secrets', {}, 10_000);
  const taken = held.find(({ name }) => values.has(name));
  if (taken !== undefined) return keep(entry, `the gateway has another secret called ${taken.name}`);
  const stored: string[] = [];
  try {
    for (const [name, value] of values) {
      await api.send('PUT', `/v1/secrets/${name}`, { value });
      stored.push(name);
    }
    await api.send('POST', '/v1/upstreams', { name: move.upstream, kind, settings });
    return entry;
  } catch (thrown) {
    if (!(thrown instanceof RemoteError)) throw thrown;
    for (const name of stored) await api.send('DELETE', `/v1/secrets/${name}`).catch(() => undefined);
    return keep(entry, `the gateway refused it: ${thrown.message}`);
  }
}

function keep(entry: PlannedEntry, reason: string): PlannedEntry {
  return { name: entry.name, action: 'keep', reason };
}

async function findUpstream(api: ControlClient, name: string): Promise<unknown> {
  try {
    return await api.get<unknown>(`/v1/upstreams/${name}`);
  } catch (thrown) {
    if (thrown instanceof RemoteError && thrown.code === 'upstream.not_found') return undefined;
    throw thrown;
  }
}

/** The same address, or the same program with the same arguments; credentials are not compared. */
function isSameServer(existing: unknown, settings: Readonly<Record<string, unknown>>): boolean {
  const theirs = own(existing, 'settings');
  if (!isObject(theirs)) return false;
  const identity = (of: Readonly<Record<string, unknown>>) => JSON.stringify([of.url, of.command, of.args]);
  return identity(theirs) === identity(settings);
}

/** Throws `CliError` for an upstream that the gateway does not have. */
export async function requireUpstreams(api: ControlClient, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if ((await findUpstream(api, name)) !== undefined) continue;
    throw new CliError(`there is no upstream called ${name}`, {
      fix: '`countersign upstreams list` shows all',
    });
  }
}
