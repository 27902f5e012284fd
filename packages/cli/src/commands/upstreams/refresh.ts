import { defineCommand } from '../../command.ts';
import { showTools } from './show-tools.ts';
import type { RefusedTools, ToolFacts } from './upstream.ts';

export const refreshTools = defineCommand({
  usage: 'refresh <name>',
  summary: 'ask the upstream for its tools again; whatever differs from what is pinned is held',
  async run(session, _options, name = '') {
    const path = `/v1/upstreams/${encodeURIComponent(name)}/tools/refresh`;
    const { tools, refused } = await session
      .api()
      .send<{ tools: readonly ToolFacts[]; refused: RefusedTools }>('POST', path);
    showTools(session, tools, refused);
    return undefined;
  },
});
