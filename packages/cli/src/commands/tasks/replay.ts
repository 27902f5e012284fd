import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { formatTime } from '../../output/format-time.ts';
import { showHonestly } from '../../output/honest-text.ts';
import type { Column } from '../../output/printer.ts';
import { type Complaint, describeComplaint, readPolicyFiles } from '../policies/bundle.ts';

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

interface ReplayedTask {
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

export const replayTask = defineCommand<{ policy: string; failOnChange?: boolean }>({
  usage: 'replay <task>',
  summary: 'what other policies, or those of today, would have decided of its actions; changes nothing',
  options: [
    {
      flags: '--policy <bundle>',
      summary: 'a folder or file, a stored version, or active',
      initial: 'active',
    },
    { flags: '--fail-on-change', summary: 'end with exit code 4 when anything would be decided otherwise' },
  ],
  examples: ['tasks replay tsk_…', 'tasks replay tsk_… --policy policies/ --fail-on-change'],
  async run(session, { policy, failOnChange = false }, task = '') {
    const isVersion = policy === 'active' || policy.startsWith('pol_');
    const candidate = isVersion ? { version: policy } : { files: readPolicyFiles([policy]) };
    const replayed = await session
      .api()
      .send<ReplayedTask>('POST', '/v1/policies/replay/task', { task, ...candidate });
    const { actions, changed, truncated, warnings } = replayed;
    for (const warning of warnings) session.print.note(describeComplaint(warning));
    if (session.json) session.print.item(replayed, []);
    else {
      session.print.rows(actions, columns, 'nothing was decided in it');
      session.print.text(showHonestly(`${changed} of ${actions.length} would be decided otherwise`));
    }
    if (actions.some(({ afterChange }) => afterChange))
      session.print.note('what comes after a change was asked for by an agent that had got further then');
    if (truncated) session.print.note('the task did more than was looked at');
    const isCertain = !truncated && actions.every(({ is }) => is !== null);
    return failOnChange && (changed > 0 || !isCertain) ? exitCodes.verificationFailed : exitCodes.done;
  },
});

function describe(effect: string, policies: readonly string[]): string {
  return policies.length === 0 ? effect : `${effect} (${policies.join(', ')})`;
}
