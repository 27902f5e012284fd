import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Column } from '../../output/printer.ts';
import { describeAge } from './secret.ts';

interface ReportedUpstream {
  readonly upstream: string;
  readonly class: 'static' | 'leased' | 'minted' | 'per_user' | 'none';
  readonly why: string;
  readonly secrets: readonly {
    readonly name: string;
    readonly since: number | null;
    readonly maxAgeDays: number | null;
    readonly state: string;
  }[];
  readonly agents: readonly { readonly name: string }[];
  readonly agentCount: number;
  readonly alternatives: readonly { readonly how: string; readonly because: string }[];
}

interface SecretsReport {
  readonly upstreams: readonly ReportedUpstream[];
  readonly counts: Readonly<Record<ReportedUpstream['class'], number>>;
}

export const reportSecrets = defineCommand<{ failOnStatic?: boolean }>({
  usage: 'report',
  summary: 'which upstreams still hang on a static credential, who can use it, and what it could be instead',
  options: [{ flags: '--fail-on-static', summary: 'end with 4 when there is one; for CI' }],
  examples: ['secrets report --json --fail-on-static'],
  async run(session, { failOnStatic }) {
    const report = await session.api().get<SecretsReport>('/v1/secrets/report');
    if (session.json) session.print.item(report, []);
    else {
      session.print.rows(report.upstreams, describeColumns(session.now()), 'no upstreams');
      for (const { upstream, alternatives } of report.upstreams)
        for (const { how, because } of alternatives)
          session.print.note(`${upstream} could use ${how}: ${because}`);
    }
    return failOnStatic === true && report.counts.static > 0 ? exitCodes.verificationFailed : exitCodes.done;
  },
});

function describeColumns(now: number): readonly Column<ReportedUpstream>[] {
  return [
    ['UPSTREAM', ({ upstream }) => upstream],
    ['CREDENTIAL', ({ class: kind }) => kind.replace('_', ' ')],
    ['SECRETS', ({ secrets }) => secrets.map((secret) => `${secret.name} (${describeAge(secret, now)})`)],
    ['AGENTS', describeAgents],
    ['WHY', ({ why }) => why],
  ];
}

const mostNamed = 3;

function describeAgents({ agents, agentCount }: ReportedUpstream): string {
  const named = agents.slice(0, mostNamed).map(({ name }) => name);
  return agentCount > named.length
    ? `${named.join(', ')} and ${agentCount - named.length} more`
    : named.join(', ');
}
