import { defineCommand } from '../../command.ts';
import type { Column } from '../../output/printer.ts';

interface KnownDrill {
  readonly name: string;
  readonly title: string;
  readonly covers: readonly string[];
  readonly source: string;
  readonly file: string;
  readonly steps: number;
}

const fields: readonly Column<KnownDrill>[] = [
  ['DRILL', ({ name }) => name],
  ['SHOWS', ({ title }) => title],
  ['COVERS', ({ covers }) => covers],
  ['FROM', ({ source, file }) => (source === 'built-in' ? source : file)],
];

export const listDrills = defineCommand({
  usage: 'list',
  summary: 'the drills there are: built in, and yours in the folder of drills',
  async run(session) {
    const { items } = await session.api().get<{ items: readonly KnownDrill[] }>('/v1/exposure/drills');
    session.print.rows(items, fields);
    return undefined;
  },
});
