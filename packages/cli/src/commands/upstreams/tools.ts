import { defineCommand } from '../../command.ts';
import { showTools } from './show-tools.ts';
import type { ToolFacts } from './upstream.ts';

export const listTools = defineCommand({
  usage: 'tools <name>',
  summary: 'pinned, held and missing tools, and what they are known to do',
  async run(session, _options, name = '') {
    showTools(
      session,
      await session.api().list<ToolFacts>(`/v1/upstreams/${encodeURIComponent(name)}/tools`),
    );
    return undefined;
  },
});
