import { defineCommand } from '../../command.ts';
import { type UpstreamFacts, upstreamFields } from './upstream.ts';

export const listUpstreams = defineCommand({
  usage: 'list',
  summary: 'what is behind the gateway',
  async run(session) {
    const upstreams = await session.api().list<UpstreamFacts>('/v1/upstreams');
    session.print.rows(upstreams, upstreamFields, 'no upstreams');
    if (upstreams.length === 0) session.print.next('upstreams add <name> --mcp-url <url>');
    return undefined;
  },
});
