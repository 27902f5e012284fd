import { defineCommand } from '../../command.ts';
import type { Column } from '../../output/printer.ts';

interface Framework {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly controls: readonly { readonly outOfScope?: string }[];
}

const fields: readonly Column<Framework>[] = [
  ['FRAMEWORK', ({ id }) => id],
  ['TITLE', ({ title, version }) => (title.includes(version) ? title : `${title} ${version}`)],
  ['CONTROLS', ({ controls }) => String(controls.length)],
  ['OUT OF SCOPE', ({ controls }) => String(controls.filter((one) => one.outOfScope !== undefined).length)],
];

export const listFrameworks = defineCommand({
  usage: 'list',
  summary: 'the frameworks that evidence is kept ready for',
  async run(session) {
    const path = '/v1/exposure/evidence/frameworks';
    const { items } = await session.api().get<{ items: readonly Framework[] }>(path);
    session.print.rows(items, fields);
    return undefined;
  },
});
