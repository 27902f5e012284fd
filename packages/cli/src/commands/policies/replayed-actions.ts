import { formatTime } from '../../output/format-time.ts';
import { showHonestly } from '../../output/honest-text.ts';
import type { Column } from '../../output/printer.ts';
import type { Session } from '../../session.ts';
import { type Complaint, describeComplaint, readPolicyFiles } from './bundle.ts';

interface ReplayedAction {
  readonly record: string;
  readonly at: number;
  readonly tool: string;
  readonly was: { readonly effect: string; readonly by: string; readonly policies: readonly string[] };
  readonly is: { readonly effect: string; readonly policies: readonly string[] } | null;
  readonly isChanged: boolean;
  readonly afterChange: boolean;
  readonly notRebuilt?: string;
}

/** What other policies make of a task or of a session. */
export interface ReplayedActions {
  readonly against: string;
  readonly actions: readonly ReplayedAction[];
  readonly changed: number;
  readonly truncated: boolean;
  readonly warnings: readonly Complaint[];
}

const columns: readonly Column<ReplayedAction>[] = [
  ['AT', ({ at }) => formatTime(at)],
  ['TOOL', ({ tool }) => tool],
  ['THEN', ({ was }) => describe(was.effect, was.policies.length > 0 ? was.policies : [was.by])],
  [
    'NOW',
    ({ is, notRebuilt = '' }) =>
      is === null ? `? ${notRebuilt.replaceAll('_', ' ')}` : describe(is.effect, is.policies),
  ],
  [
    '',
    ({ isChanged, afterChange }) =>
      [isChanged ? 'changed' : '', afterChange ? 'after a change' : ''].filter(Boolean).join(', '),
  ],
  ['DECISION', ({ record }) => record],
];

/** A stored version, or files. */
export function readCandidate(bundle: string): object {
  const isVersion = bundle === 'active' || bundle.startsWith('pol_');
  return isVersion ? { version: bundle } : { files: readPolicyFiles([bundle]) };
}

export function printActions(session: Session, replayed: ReplayedActions): void {
  const { actions, changed, truncated, warnings } = replayed;
  for (const warning of warnings) session.print.note(describeComplaint(warning));
  if (session.json) session.print.item(replayed, []);
  else {
    session.print.rows(actions, columns, 'nothing was decided in it');
    session.print.text(showHonestly(`${changed} of ${actions.length} would be decided otherwise`));
  }
  if (actions.some(({ afterChange }) => afterChange))
    session.print.note('what comes after a change was asked for by an agent that had got further then');
  if (truncated) session.print.note('more was done than was looked at');
}

/** What was not looked at, or cannot be repeated, proves nothing. */
export function isWhole({ actions, truncated }: ReplayedActions): boolean {
  return !truncated && actions.every(({ is }) => is !== null);
}

export function isProvenSame(replayed: ReplayedActions): boolean {
  return replayed.changed === 0 && isWhole(replayed);
}

function describe(effect: string, policies: readonly string[]): string {
  return policies.length === 0 ? effect : `${effect} (${policies.join(', ')})`;
}
