import { defineCommand } from '../../command.ts';

export const listPacks = defineCommand({
  usage: 'list-packs',
  summary: 'policies to begin with, for servers that many have',
  async run(session) {
    const { packNames, readPack } = await import('@countersign/server/authoring');
    const packs = await Promise.all(packNames.map((name) => readPack(name)));
    session.print.rows(
      packs.map(({ name, about }) => ({ name, about })),
      [
        ['PACK', ({ name }) => name],
        ['ABOUT', ({ about }) => about.split(' Not covered: ')[0]],
      ],
    );
    session.print.next('policies show-pack <name>', 'policies add-pack <name> --folder policies');
    return undefined;
  },
});
