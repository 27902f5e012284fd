import { defineCommand } from '../../command.ts';

export const showPack = defineCommand<{ upstream?: string }>({
  usage: 'show-pack <name>',
  summary: 'the policies of a pack, and what they do not cover',
  options: [{ flags: '--upstream <name>', summary: 'written for an upstream of this name' }],
  async run(session, { upstream }, name = '') {
    const { readPack } = await import('@countersign/server/authoring');
    const pack = await readPack(name, upstream);
    if (session.json) session.print.item(pack, []);
    else session.print.text(pack.policies.text.trimEnd());
    return undefined;
  },
});
