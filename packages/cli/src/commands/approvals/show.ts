import { defineCommand } from '../../command.ts';
import { showLines } from '../../output/honest-text.ts';
import { ShownText } from '../../output/printer.ts';
import { type Approval, approvalDetailFields } from './approval.ts';

interface WholeApproval extends Approval {
  readonly signedAction: string;
  readonly groupId?: string | null;
  readonly votes: readonly {
    readonly personName: string;
    readonly outcome: string;
    readonly reason: string | null;
  }[];
}

export const showApproval = defineCommand({
  usage: 'show <approval>',
  summary: 'one request with everything a passkey signs, and the page where it is decided',
  async run(session, _options, id = '') {
    const path = `/v1/approvals/${encodeURIComponent(id)}`;
    const approval = await session.api().get<WholeApproval>(path);
    session.print.item(approval, [
      ...approvalDetailFields,
      ['VOTES', ({ votes }) => votes.map((vote) => `${vote.outcome} by ${vote.personName}`)],
      ['GROUP', ({ groupId }) => (typeof groupId === 'string' ? groupId : 'decided alone')],
      ['SIGNED', ({ signedAction }) => new ShownText(showLines(indentJson(signedAction)))],
    ]);
    session.print.note('It is decided on its page, with a passkey; no command decides.');
    return undefined;
  },
});

function indentJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
