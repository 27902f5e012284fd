import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import {
  isProvenSame,
  printActions,
  type ReplayedActions,
  readCandidate,
} from '../policies/replayed-actions.ts';

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
    const replayed = await session
      .api()
      .send<ReplayedActions>('POST', '/v1/policies/replay/task', { task, ...readCandidate(policy) });
    printActions(session, replayed);
    return failOnChange && !isProvenSame(replayed) ? exitCodes.verificationFailed : exitCodes.done;
  },
});
