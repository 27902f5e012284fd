import { defineCommand } from '../../command.ts';

export const endGrant = defineCommand<{ reason?: string }>({
  usage: 'end-grant <approval>',
  summary: 'take back what was let happen for several calls: the next one is asked for again',
  options: [{ flags: '--reason <text>', summary: 'kept as evidence' }],
  async run(session, { reason }, id = '') {
    const path = `/v1/approvals/${encodeURIComponent(id)}/grants/end`;
    const ended = await session
      .api()
      .send<{ approvalId: string }>('POST', path, reason === undefined ? {} : { reason });
    session.print.item(ended, [['ENDED', ({ approvalId }) => approvalId]]);
    return undefined;
  },
});
