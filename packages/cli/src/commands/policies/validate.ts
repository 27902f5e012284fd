import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { type Complaint, describeComplaint, readPolicyFiles } from './bundle.ts';
import { type Dropped, warnDropped } from './warn-dropped.ts';

interface Validation {
  readonly valid: boolean;
  readonly digest: string;
  readonly policies: readonly string[];
  readonly complaints: readonly Complaint[];
  readonly dropped: readonly Dropped[];
}

export const validatePolicies = defineCommand({
  usage: 'validate <files...>',
  summary: 'whether these .cedar files, or those in a folder, could go live now; changes nothing',
  async run(session, _options, ...paths) {
    const body = { files: readPolicyFiles(paths) };
    const validation = await session.api().send<Validation>('POST', '/v1/policies/validate', body);
    for (const complaint of validation.complaints) session.print.note(describeComplaint(complaint));
    warnDropped(session, validation.dropped, 'would give back');
    session.print.item(validation, [
      ['VALID', ({ valid }) => (valid ? 'yes' : 'no')],
      ['POLICIES', ({ policies }) => policies],
      ['DIGEST', ({ digest }) => digest],
    ]);
    if (validation.valid) session.print.next(`policies activate ${paths.join(' ')}`);
    return validation.valid ? exitCodes.done : exitCodes.policyInvalid;
  },
});
