import type { CommandDefinition } from '../../command.ts';
import { addAgentKey } from './add-key.ts';
import { addAgentWorkload } from './add-workload.ts';
import { listGhosts } from './ghosts.ts';
import { groupAgent } from './groups.ts';
import { handOver } from './hand-over.ts';
import { listHandovers, showHandover, withdrawHandover } from './handovers.ts';
import { setHours } from './hours.ts';
import { listAgents } from './list.ts';
import { notifyAgent } from './notify.ts';
import { offboardPerson } from './offboard.ts';
import { listPeers } from './peers.ts';
import { publishCard, withdrawCard } from './publish-card.ts';
import { reassignAgent } from './reassign.ts';
import { registerAgent } from './register.ts';
import { removeAgentWorkload } from './remove-workload.ts';
import { resumeAgent } from './resume.ts';
import { retireAgent } from './retire.ts';
import { retireAgentKey } from './retire-key.ts';
import { showAgent } from './show.ts';
import { suspendAgent } from './suspend.ts';

export const commands: readonly CommandDefinition[] = [
  registerAgent,
  listAgents,
  showAgent,
  suspendAgent,
  resumeAgent,
  retireAgent,
  reassignAgent,
  groupAgent,
  setHours,
  listGhosts,
  handOver,
  listHandovers,
  showHandover,
  withdrawHandover,
  offboardPerson,
  notifyAgent,
  listPeers,
  publishCard,
  withdrawCard,
  addAgentKey,
  retireAgentKey,
  addAgentWorkload,
  removeAgentWorkload,
];
