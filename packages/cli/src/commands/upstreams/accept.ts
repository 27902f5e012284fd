import { defineCommand } from '../../command.ts';
import { readToolPath, type ToolFacts, toolFields } from './upstream.ts';

export const acceptTool = defineCommand<{ digest: string; findings?: string }>({
  usage: 'accept <tool>',
  summary: 'put a held tool in force, exactly as you have seen it',
  options: [
    {
      flags: '--digest <digest>',
      summary: 'of the definition you have seen, as `diff` shows it',
      required: true,
    },
    {
      flags: '--findings <digest>',
      summary: 'of what the scan found and you have seen, as `diff` shows it',
    },
  ],
  async run(session, seen, named = '') {
    const path = `${readToolPath(named)}/accept`;
    session.print.item(await session.api().send<ToolFacts>('POST', path, seen), toolFields);
    return undefined;
  },
});
