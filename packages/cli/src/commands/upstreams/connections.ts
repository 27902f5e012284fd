import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

interface ConnectionFacts {
  readonly id: string;
  readonly upstream: string;
  readonly personId: string;
  readonly issuer: string;
  readonly scopes: readonly string[];
  readonly bound: boolean;
  readonly createdAt: number;
  readonly refreshedAt: number | null;
}

const fields: readonly Column<ConnectionFacts>[] = [
  ['CONNECTION', ({ id }) => id],
  ['UPSTREAM', ({ upstream }) => upstream],
  ['PERSON', ({ personId }) => personId],
  ['ISSUER', ({ issuer }) => issuer],
  ['SCOPES', ({ scopes }) => scopes.join(' ')],
  ['BOUND', ({ bound }) => (bound ? 'yes' : 'no')],
  ['MADE', ({ createdAt }) => formatTime(createdAt)],
  ['REFRESHED', ({ refreshedAt }) => (refreshedAt === null ? '' : formatTime(refreshedAt))],
];

export const listConnections = defineCommand({
  usage: 'connections [name]',
  summary: "people's accounts at upstreams, without tokens",
  async run(session, _options, name) {
    const path = `/v1/upstreams/${encodeURIComponent(name ?? '-')}/connections`;
    const connections = await session.api().list<ConnectionFacts>(path);
    session.print.rows(connections, fields, 'nobody is connected');
    if (name !== undefined) session.print.next(`upstreams connect ${name}`);
    return undefined;
  },
});
