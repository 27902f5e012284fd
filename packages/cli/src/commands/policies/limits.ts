import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import { findAgentId } from '../agents/agent.ts';

interface LimitFacts {
  readonly policyId: string;
  readonly per: string;
  readonly subject: string;
  readonly unit: string;
  readonly most: number;
  readonly used: number;
  readonly left: number;
  readonly resetsAt: number | null;
}

export const listPolicyLimits = defineCommand<{ readonly agent?: string }>({
  usage: 'limits',
  summary: 'what is used and left of the limits in policies, and when there is more; the fullest first',
  options: [{ flags: '--agent <agent>', summary: 'id or name: of it, its owner, its tasks and delegations' }],
  async run(session, { agent }) {
    const query = agent === undefined ? '' : `?agentId=${await findAgentId(session.api(), agent)}`;
    const found = await session
      .api()
      .get<{ items: readonly LimitFacts[]; isComplete: boolean }>(`/v1/policies/limits${query}`);
    session.print.rows(
      found.items,
      [
        ['POLICY', ({ policyId }) => policyId],
        ['PER', ({ per }) => per],
        ['SUBJECT', ({ subject }) => subject],
        ['OF', ({ unit }) => unit],
        ['USED', ({ used }) => used],
        ['LEFT', ({ left }) => left],
        ['MOST', ({ most }) => most],
        ['MORE AT', ({ resetsAt }) => (resetsAt === null ? 'never' : formatTime(resetsAt))],
      ],
      'nothing is limited, or nothing was used',
    );
    if (!found.isComplete) session.print.note('There are more; name an agent with --agent.');
    return undefined;
  },
});
