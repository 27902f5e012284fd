import { spawn } from 'node:child_process';
import { defineCommand } from '../../command.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { pause } from '../../pause.ts';
import type { Session } from '../../session.ts';
import { type Approval, describeAction } from './approval.ts';

const betweenStreamsMilliseconds = 500;
const mostRemembered = 1_000;

interface Watched extends Approval {
  /** How a check ended; absent at a server that knows none. */
  readonly check?: { readonly outcome: string; readonly reason: string } | null;
  readonly reason: string | null;
  readonly votes: readonly { readonly personName: string; readonly outcome: 'approve' | 'deny' }[];
}

/** What a watcher has seen: the last line of each request, so that nothing is said twice. */
type Seen = Map<string, string>;

export const watchApprovals = defineCommand<{ open?: boolean }>({
  usage: 'watch',
  summary: 'show requests and decisions as they come, with the page where each is decided',
  options: [{ flags: '--open', summary: 'open the page of each new request in the browser' }],
  async run(session, { open = false }) {
    session.print.note('Waiting for approval requests; Ctrl-C ends this.');
    const seen: Seen = new Map();
    const waiting = await session.api().list<Approval>('/v1/approvals', { filter: 'all' });
    for (const { id } of waiting) await showNow(session, seen, id, false);
    while (!session.signal.aborted) {
      try {
        await follow(session, seen, open);
      } catch (error) {
        if (!session.signal.aborted) throw error;
      }
      await pause(betweenStreamsMilliseconds, session.signal);
    }
    return undefined;
  },
});

/** Until the server ends the stream, which it does every few minutes to look at the credentials again. */
async function follow(session: Session, seen: Seen, open: boolean): Promise<void> {
  for await (const { event, data } of session.api().events('/v1/approvals/stream')) {
    if (event !== 'approval') continue;
    const { id }: { id: string } = JSON.parse(data);
    await showNow(session, seen, id, open);
  }
}

async function showNow(session: Session, seen: Seen, id: string, open: boolean): Promise<void> {
  const approval = await session.api().get<Watched>(`/v1/approvals/${encodeURIComponent(id)}`);
  const { state, presented, link, expiresAt } = approval;
  const standing = describeStanding(approval);
  if (seen.get(id) === standing) return;
  const isNew = !seen.has(id);
  seen.delete(id);
  seen.set(id, standing);
  for (const oldest of [...seen.keys()].slice(0, Math.max(0, seen.size - mostRemembered)))
    seen.delete(oldest);
  const facts = { id, state, code: presented.matchCode, link, expiresAt, standing };
  const where = state === 'requested' ? `\n  ${link}` : '';
  const what = `${state.padEnd(9)} ${id} code ${presented.matchCode}  ${describeAction(approval)}`;
  session.print.line(facts, `${what}\n  ${standing}${where}`);
  if (open && isNew && state === 'requested') openPage(link);
}

/** Where it stands, in the words of every other channel: who decided, or what is awaited. */
function describeStanding({ state, votes, requirement, reason, check }: Watched): string {
  if (check != null)
    return `this was a check: ${check.outcome}. Refused before because: ${showHonestly(check.reason)}`;
  const nameAll = (outcome: 'approve' | 'deny'): string =>
    votes
      .filter((vote) => vote.outcome === outcome)
      .map(({ personName }) => showHonestly(personName))
      .join(', ');
  const approvers = nameAll('approve');
  switch (state) {
    case 'requested': {
      const so = approvers === '' ? '' : `: ${approvers} approved`;
      return `waits for ${requirement.quorum - votes.length} of ${requirement.quorum}${so}`;
    }
    case 'approved':
      return `approved by ${approvers}`;
    case 'released':
      return `approved by ${approvers}, used`;
    case 'denied':
      return `denied by ${nameAll('deny')}`;
    case 'expired':
      return 'not decided in time, or not used: refused';
    default:
      return reason === null ? state : `${state}: ${showHonestly(reason)}`;
  }
}

/** The browser decides nothing by itself: deciding needs a passkey on that page. Without one to open it stays a link. */
function openPage(link: string): void {
  if (!/^https?:\/\//.test(link)) return;
  const programs: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    darwin: ['open', link],
    win32: ['rundll32', 'url.dll,FileProtocolHandler', link],
  };
  const [program = 'xdg-open', ...words] = programs[process.platform] ?? ['xdg-open', link];
  const opened = spawn(program, words, { stdio: 'ignore', detached: true });
  opened.once('error', () => undefined).unref();
}
