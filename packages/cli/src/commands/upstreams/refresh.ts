import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import type { ControlClient } from '../../control/control-client.ts';
import { readOpenApi } from './read-open-api.ts';
import { showTools } from './show-tools.ts';
import type { RefusedTools, ToolFacts, UpstreamFacts } from './upstream.ts';

export const refreshTools = defineCommand<{ openapi?: string }>({
  usage: 'refresh <name>',
  summary: 'ask the upstream for its tools again; whatever differs from what is pinned is held',
  options: [
    { flags: '--openapi <file-or-url>', summary: 'of an HTTP API: compare with this document, and keep it' },
  ],
  async run(session, { openapi }, name = '') {
    const upstream = `/v1/upstreams/${encodeURIComponent(name)}`;
    if (openapi !== undefined) await replaceDocument(session.api(), upstream, openapi);
    const path = `${upstream}/tools/refresh`;
    const { tools, refused } = await session
      .api()
      .send<{ tools: readonly ToolFacts[]; refused: RefusedTools }>('POST', path);
    showTools(session, tools, refused);
    return undefined;
  },
});

/** Everything else about the upstream stays as it is. */
async function replaceDocument(api: ControlClient, path: string, openapi: string): Promise<void> {
  const { kind, environment, settings } = await api.get<UpstreamFacts>(path);
  if (kind !== 'http') throw new CliError('only an HTTP API has an OpenAPI document');
  const { documentUrl: _, ...kept } = settings;
  const source = await readOpenApi(openapi);
  const body = { kind, environment, settings: { ...kept, ...source.settings }, ...source.document };
  await api.send<UpstreamFacts>('PUT', path, body);
}
