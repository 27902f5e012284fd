import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';
import { type UpstreamFacts, upstreamFields } from './upstream.ts';

export const showUpstream = defineCommand({
  usage: 'show <name>',
  summary: 'one upstream and its settings; credentials appear as references',
  async run(session, _options, name = '') {
    const upstream = await session.api().get<UpstreamFacts>(`/v1/upstreams/${encodeURIComponent(name)}`);
    session.print.item(upstream, [
      ...upstreamFields,
      ['SETTINGS', ({ settings }) => settings],
      ['ADDED', ({ createdAt }) => formatTime(createdAt)],
      ...(upstream.kind === 'model' ? [] : [mcpEndpoint(`${session.serverUrl()}/mcp/${name}`)]),
      ...(upstream.kind === 'model' ? [modelEndpoint(session.serverUrl(), upstream)] : []),
      ...(upstream.kind === 'http' ? [httpEndpoint(`${session.serverUrl()}/http/${name}`)] : []),
      ...(upstream.kind === 'a2a' ? [peerEndpoint(`${session.serverUrl()}/a2a/${name}`)] : []),
    ]);
    session.print.next(`upstreams tools ${name}`);
    return undefined;
  },
});

/** What clients of the provider take as their base address. */
function modelEndpoint(server: string, { name, settings }: UpstreamFacts): Column<UpstreamFacts> {
  const version = settings.provider === 'anthropic' ? '' : '/v1';
  return ['MODEL ENDPOINT', () => `${server}/models/${name}${version}`];
}

function mcpEndpoint(url: string): Column<UpstreamFacts> {
  return ['ENDPOINT', () => url];
}

function peerEndpoint(url: string): Column<UpstreamFacts> {
  return ['A2A ENDPOINT', () => url];
}

function httpEndpoint(url: string): Column<UpstreamFacts> {
  return ['HTTP ENDPOINT', () => url];
}
