import { defineCommand } from '../../command.ts';
import { pause } from '../../pause.ts';
import type { Session } from '../../session.ts';
import { type Approval, describeAction } from './approval.ts';

const betweenStreamsMilliseconds = 500;

export const watchApprovals = defineCommand({
  usage: 'watch',
  summary: 'show requests and decisions as they come, with the page where each is decided',
  async run(session) {
    session.print.note('Waiting for approval requests; Ctrl-C ends this.');
    for (const approval of await session.api().list<Approval>('/v1/approvals', { filter: 'all' })) {
      show(session, approval);
    }
    while (!session.signal.aborted) {
      try {
        await follow(session);
      } catch (error) {
        if (!session.signal.aborted) throw error;
      }
      await pause(betweenStreamsMilliseconds, session.signal);
    }
    return undefined;
  },
});

/** Until the server ends the stream, which it does every few minutes to look at the credentials again. */
async function follow(session: Session): Promise<void> {
  for await (const { event, data } of session.api().events('/v1/approvals/stream')) {
    if (event !== 'approval') continue;
    const { id }: { id: string } = JSON.parse(data);
    show(session, await session.api().get<Approval>(`/v1/approvals/${encodeURIComponent(id)}`));
  }
}

function show(session: Session, approval: Approval): void {
  const { id, state, presented, link } = approval;
  const facts = { id, state, code: presented.matchCode, link, expiresAt: approval.expiresAt };
  const where = state === 'requested' ? `\n  ${link}` : '';
  session.print.line(
    facts,
    `${state.padEnd(9)} ${id} code ${presented.matchCode}  ${describeAction(approval)}${where}`,
  );
}
