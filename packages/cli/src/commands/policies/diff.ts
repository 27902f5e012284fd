import { compareLines } from '@countersign/core';
import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { type Dropped, warnDropped } from './warn-dropped.ts';

interface Rule {
  readonly id: string;
  readonly text: string;
}

interface BundleDifference {
  readonly from: string;
  readonly to: string;
  readonly isSame: boolean;
  readonly added: readonly Rule[];
  readonly removed: readonly Rule[];
  readonly changed: readonly { readonly id: string; readonly before: string; readonly after: string }[];
  readonly unchanged: number;
  readonly dropped: readonly Dropped[];
}

export const diffPolicies = defineCommand<{ expectSame?: boolean }>({
  usage: 'diff <from> [to]',
  summary: 'what differs between two bundles, rule by rule; the one in force when no second is named',
  options: [{ flags: '--expect-same', summary: 'end with exit code 4 when they differ' }],
  examples: ['policies diff pol_…', 'policies diff pol_… pol_… --expect-same'],
  async run(session, { expectSame }, from = '', to = 'active') {
    const difference = await session.api().get<BundleDifference>('/v1/policies/diff', { from, to });
    if (session.json) session.print.item(difference, []);
    else for (const line of writeDifference(difference)) session.print.text(line);
    const { added, removed, changed, unchanged } = difference;
    session.print.note(
      `${added.length} added, ${removed.length} removed, ${changed.length} changed, ${unchanged} unchanged`,
    );
    warnDropped(session, difference.dropped, 'gives back');
    return difference.isSame || expectSame !== true ? exitCodes.done : exitCodes.verificationFailed;
  },
});

function writeDifference({ added, removed, changed }: BundleDifference): readonly string[] {
  return [
    ...removed.flatMap(({ id, text }) => ['', `removed ${showHonestly(id)}`, ...mark('-', text.split('\n'))]),
    ...added.flatMap(({ id, text }) => ['', `added ${showHonestly(id)}`, ...mark('+', text.split('\n'))]),
    ...changed.flatMap(({ id, before, after }) => [
      '',
      `changed ${showHonestly(id)}`,
      ...compareLines(before.split('\n'), after.split('\n')).flatMap(({ sign, line }) => mark(sign, [line])),
    ]),
  ].slice(1);
}

function mark(sign: string, lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${sign} ${showHonestly(line)}`);
}
