import { toAppError } from '@countersign/api';
import type { Context } from '../context.ts';
import { type Discovery, discoverTools, type Probe, sortOut } from './discover-tools.ts';
import type { UpstreamConnection, UpstreamRow, UpstreamSettings } from './live-upstream.ts';
import { parseObject } from './pinned-tool.ts';

/** What an upstream offers now, asked over this connection with its own credentials. Throws `upstream.*`, `secret.*`. */
export async function lookAtTools(
  context: Context,
  row: UpstreamRow,
  connection: UpstreamConnection,
): Promise<Discovery> {
  if (connection.listOperations !== undefined) {
    const { tools, refused } = await connection.listOperations();
    const found = sortOut(row.name, tools);
    return { tools: found.tools, refused: [...found.refused, ...refused] };
  }
  return discoverTools(await makeProbe(context, row, connection));
}

/** The same, or null while nobody has connected to an upstream to which people connect. */
export async function lookIfConnected(
  context: Context,
  row: UpstreamRow,
  connection: UpstreamConnection,
): Promise<Discovery | null> {
  try {
    return await lookAtTools(context, row, connection);
  } catch (thrown) {
    if (toAppError(thrown).code === 'upstream.connection_needed') return null;
    throw thrown;
  }
}

export async function makeProbe(
  context: Context,
  row: UpstreamRow,
  connection: UpstreamConnection,
): Promise<Probe> {
  const live = context.upstreams.find(row.name);
  // The same object, so that what was got for it is found again.
  const settings: UpstreamSettings =
    live?.connection === connection ? live.settings : parseObject(row.settings);
  const { name, kind } = row;
  return {
    upstream: name,
    connection,
    injection: await context.credentials.arm({ name, kind, settings }, null),
  };
}
