import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';

interface RevokedFacts {
  readonly id: string;
  readonly agentId: string;
  readonly expiresAt: number;
  readonly cut: readonly string[];
}

export const revokeToken = defineCommand<{ reason?: string }>({
  usage: 'revoke <token>',
  summary: 'end one access token now, calls in flight too; <token> is its id (jti), from the ledger',
  options: [{ flags: '--reason <text>', summary: 'kept as evidence' }],
  async run(session, { reason }, id = '') {
    const path = `/v1/tokens/${encodeURIComponent(id)}/revoke`;
    const body = reason === undefined ? {} : { reason };
    session.print.item(await session.api().send<RevokedFacts>('POST', path, body), [
      ['ID', (token) => token.id],
      ['AGENT', (token) => token.agentId],
      ['WOULD HAVE ENDED', (token) => formatTime(token.expiresAt)],
      ['CALLS CUT', (token) => String(token.cut.length)],
    ]);
    return undefined;
  },
});
