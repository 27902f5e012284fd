import { defineCommand } from '../../command.ts';
import { collect, readPairs } from '../../parse-options.ts';
import { findAgentId, type WorkloadFacts, workloadFields } from './agent.ts';

export const addAgentWorkload = defineCommand<{ fact?: readonly string[] }>({
  usage: 'add-workload <agent> <trust> <subject>',
  summary: 'let the agent prove itself as a workload of a trusted platform, without a key of its own',
  options: [
    {
      flags: '--fact <name=value>',
      summary: 'what else the platform must say of it; may be given again',
      parse: collect,
    },
  ],
  examples: [
    'agents add-workload refund-bot mesh spiffe://prod.example/ns/billing/sa/refunds',
    'agents add-workload release-bot ci repo:example/shop:ref:refs/heads/main --fact repository_id=4711',
  ],
  async run(session, { fact }, named = '', trust = '', subject = '') {
    const id = await findAgentId(session.api(), named);
    const body = { trust, subject, facts: readPairs(fact ?? [], '=') };
    const path = `/v1/agents/${id}/workloads`;
    const { workloads } = await session
      .api()
      .send<{ workloads: readonly WorkloadFacts[] }>('POST', path, body);
    session.print.rows(workloads, workloadFields);
    return undefined;
  },
});
