import type { ControlClient } from '../../control/control-client.ts';
import type { Finding } from '../../dev-findings.ts';
import { findGhosts } from '../agents/ghosts.ts';

/** Whether there are agents that nobody should count on. */
export async function checkGhosts(api: ControlClient): Promise<readonly Finding[]> {
  const ghosts = await findGhosts(api, {}, 500);
  if (ghosts.length === 0) return [];
  const grave = ghosts.filter(({ severity }) => severity === 'high').length;
  const agents = new Set(ghosts.map(({ agentId }) => agentId)).size;
  const count = ghosts.length === 500 ? 'at least 500' : String(ghosts.length);
  return [
    {
      id: 'agents.ghosts',
      severity: grave > 0 ? 'warning' : 'info',
      what: `${count} findings about ${agents} agents, ${grave} of them grave`,
      fix: 'countersign agents ghosts',
    },
  ];
}
