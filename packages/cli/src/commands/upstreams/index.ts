import type { CommandDefinition } from '../../command.ts';
import { acceptTool } from './accept.ts';
import { addUpstream } from './add.ts';
import { classifyTool } from './classify.ts';
import { connectUpstream } from './connect.ts';
import { listConnections } from './connections.ts';
import { diffTool } from './diff.ts';
import { disconnectUpstream } from './disconnect.ts';
import { listUpstreams } from './list.ts';
import { refreshTools } from './refresh.ts';
import { removeUpstream } from './remove.ts';
import { scanUpstreams } from './scan.ts';
import { showUpstream } from './show.ts';
import { listTools } from './tools.ts';

export const commands: readonly CommandDefinition[] = [
  addUpstream,
  listUpstreams,
  showUpstream,
  removeUpstream,
  listTools,
  refreshTools,
  scanUpstreams,
  diffTool,
  acceptTool,
  classifyTool,
  connectUpstream,
  listConnections,
  disconnectUpstream,
];
