import { defineCommand } from '../../command.ts';
import type { ControlClient } from '../../control/control-client.ts';
import { exitCodes } from '../../exit-codes.ts';
import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';
import { parseCount } from '../../parse-options.ts';

export interface GhostFacts {
  readonly agentId: string;
  readonly agentName: string;
  readonly ownerName: string;
  readonly kind: string;
  readonly severity: 'high' | 'medium' | 'low';
  readonly detail: string;
  readonly since: number;
  readonly evidence: readonly string[];
  readonly fix: string;
}

export const ghostFields: readonly Column<GhostFacts>[] = [
  ['AGENT', ({ agentName }) => agentName],
  ['FINDING', ({ kind }) => kind],
  ['SEVERITY', ({ severity }) => severity],
  ['SINCE', ({ since }) => formatTime(since)],
  ['OWNER', ({ ownerName }) => ownerName],
  ['WHAT', ({ detail }) => detail],
  ['EVIDENCE', ({ evidence }) => evidence.slice(0, 2)],
  ['FIX', ({ fix }) => `countersign ${fix}`],
];

export const listGhosts = defineCommand<{ exitCode?: boolean; days?: number; owner?: string }>({
  usage: 'ghosts',
  summary: 'agents that nobody answers for or uses, or that act as they never did',
  options: [
    { flags: '--exit-code', summary: 'end with 4 when there is any, for CI' },
    { flags: '--days <days>', summary: 'without a call for so long: unused', parse: parseCount },
    { flags: '--owner <person>', summary: 'only the agents of one person' },
  ],
  examples: ['agents ghosts', 'agents ghosts --exit-code --days 14'],
  async run(session, { exitCode, days, owner }) {
    const ghosts = await findGhosts(session.api(), { days, ownerId: owner });
    session.print.rows(ghosts, ghostFields, 'no ghosts');
    return exitCode === true && ghosts.length > 0 ? exitCodes.verificationFailed : exitCodes.done;
  },
});

export function findGhosts(
  api: ControlClient,
  query: { readonly days?: number | undefined; readonly ownerId?: string | undefined } = {},
  most = 100_000,
): Promise<readonly GhostFacts[]> {
  return api.list<GhostFacts>('/v1/agents/ghosts', { limit: 500, ...query }, most);
}
