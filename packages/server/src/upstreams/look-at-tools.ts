import type { Context } from '../context.ts';
import { type Discovery, discoverTools, type Probe } from './discover-tools.ts';
import type { UpstreamConnection, UpstreamRow, UpstreamSettings } from './live-upstream.ts';
import { parseObject } from './pinned-tool.ts';
import { resolveInjection } from './resolve-injection.ts';

/** What an upstream offers now, asked over this connection with its own credentials. Throws `upstream.*`, `secret.*`. */
export async function lookAtTools(
  context: Context,
  row: UpstreamRow,
  connection: UpstreamConnection,
): Promise<Discovery> {
  return discoverTools(await makeProbe(context, row, connection));
}

export async function makeProbe(
  context: Context,
  row: UpstreamRow,
  connection: UpstreamConnection,
): Promise<Probe> {
  const settings: UpstreamSettings = parseObject(row.settings);
  return { upstream: row.name, connection, injection: await resolveInjection(settings, context.secrets) };
}
