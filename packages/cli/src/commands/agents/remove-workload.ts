import { defineCommand } from '../../command.ts';
import { findAgentId, type WorkloadFacts, workloadFields } from './agent.ts';

export const removeAgentWorkload = defineCommand<{ reason?: string }>({
  usage: 'remove-workload <agent> <workload>',
  summary: "the workload is the agent no longer; the agent's tasks end",
  options: [{ flags: '--reason <text>', summary: 'kept as evidence' }],
  async run(session, { reason }, named = '', workload = '') {
    const id = await findAgentId(session.api(), named);
    const path = `/v1/agents/${id}/workloads/${encodeURIComponent(workload)}/remove`;
    const body = reason === undefined ? {} : { reason };
    const { workloads } = await session
      .api()
      .send<{ workloads: readonly WorkloadFacts[] }>('POST', path, body);
    session.print.rows(workloads, workloadFields);
    return undefined;
  },
});
