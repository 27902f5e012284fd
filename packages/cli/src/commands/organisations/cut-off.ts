import { defineCommand } from '../../command.ts';
import { organisationsPath } from './organisation.ts';

interface CutOff {
  readonly name: string;
  readonly agents: number;
  readonly tasks: readonly string[];
  readonly tokens: number;
  readonly approvals: number;
  readonly cut: readonly string[];
}

export const cutOffOrganisation = defineCommand<{ reason?: string }>({
  usage: 'cut-off <name>',
  summary: 'end everything that was given on its word, and keep it out',
  options: [{ flags: '--reason <text>', summary: 'for the record' }],
  examples: ['organisations cut-off north --reason "Their keys were stolen"'],
  async run(session, { reason = '' }, name = '') {
    const path = `${organisationsPath}/${encodeURIComponent(name)}/cut-off`;
    const ended = await session.api().send<CutOff>('POST', path, { reason });
    session.print.item(ended, [
      ['ORGANISATION', (one) => one.name],
      ['AGENTS HELD', ({ agents }) => String(agents)],
      ['TASKS ENDED', ({ tasks }) => String(tasks.length)],
      ['TOKENS', ({ tokens }) => String(tokens)],
      ['APPROVALS', ({ approvals }) => String(approvals)],
      ['CALLS CUT', ({ cut }) => String(cut.length)],
    ]);
    session.print.next(`organisations restore ${name}`);
    return undefined;
  },
});
