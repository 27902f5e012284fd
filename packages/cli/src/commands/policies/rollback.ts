import { defineCommand } from '../../command.ts';
import { type Complaint, describeComplaint } from './bundle.ts';
import { type Dropped, warnDropped } from './warn-dropped.ts';

interface Activation {
  readonly version: string;
  readonly digest: string;
  readonly warnings: readonly Complaint[];
  /** What access reviews had taken away and this gives back. */
  readonly dropped: readonly Dropped[];
}

export const rollbackPolicies = defineCommand({
  usage: 'rollback [version]',
  summary: 'put the bundle before this one, or an earlier version, in force again',
  examples: ['policies rollback', 'policies rollback pol_…'],
  async run(session, _options, version) {
    const body = version === undefined ? {} : { version };
    const activation = await session.api().send<Activation>('POST', '/v1/policies/rollback', body);
    for (const warning of activation.warnings) session.print.note(describeComplaint(warning));
    warnDropped(session, activation.dropped, 'gives back');
    session.print.item(activation, [
      ['VERSION', ({ version: inForce }) => inForce],
      ['DIGEST', ({ digest }) => digest],
    ]);
    return undefined;
  },
});
