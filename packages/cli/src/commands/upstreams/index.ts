import type { CommandDefinition } from '../../command.ts';
import { acceptTool } from './accept.ts';
import { addUpstream } from './add.ts';
import { classifyTool } from './classify.ts';
import { diffTool } from './diff.ts';
import { listUpstreams } from './list.ts';
import { refreshTools } from './refresh.ts';
import { removeUpstream } from './remove.ts';
import { showUpstream } from './show.ts';
import { listTools } from './tools.ts';

export const commands: readonly CommandDefinition[] = [
  addUpstream,
  listUpstreams,
  showUpstream,
  removeUpstream,
  listTools,
  refreshTools,
  diffTool,
  acceptTool,
  classifyTool,
];
