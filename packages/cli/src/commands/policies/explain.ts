import { compareLines } from '@countersign/core';
import { defineCommand } from '../../command.ts';
import { formatTime } from '../../output/format-time.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { parseCount } from '../../parse-options.ts';
import type { PolicyFile } from './bundle.ts';
import { describeOpened, describeTried, type Tally, type Tried } from './tally.ts';

interface Rule {
  readonly id: string;
  readonly effect: string;
  readonly mode: string;
  readonly file: string;
  readonly line: number;
  readonly outcome: 'holds' | 'does_not_hold' | 'errs';
  readonly isDetermining: boolean;
  readonly sequence: string | null;
  readonly because: readonly {
    readonly condition: string;
    readonly text: string;
    readonly line: number | null;
    readonly found: string;
    readonly read: readonly { readonly text: string; readonly value: string }[];
  }[];
}

interface Change {
  readonly summary: string;
  readonly policies: readonly {
    readonly id: string;
    readonly file: string;
    readonly before: string;
    readonly after: string;
  }[];
  readonly added: PolicyFile | null;
  readonly opens: Tally | null;
}

interface Explanation {
  readonly record: string;
  readonly at: number;
  readonly agent: string | null;
  readonly tool: string | null;
  readonly recorded: {
    readonly effect: string;
    readonly decidedBy: string;
    readonly reasons: readonly {
      readonly code: string;
      readonly detail?: unknown;
      readonly limit?: unknown;
    }[];
    readonly policies: readonly string[];
    readonly provenance: readonly {
      readonly pointer: string;
      readonly role: string;
      readonly origins: readonly string[];
    }[];
  };
  readonly policyVersion: string | null;
  readonly repeated: {
    readonly isSame: boolean;
    readonly effect: string | null;
    readonly why: string | null;
    readonly assumed: readonly string[];
  };
  readonly rules: readonly Rule[];
  readonly otherRules: number;
  readonly now: { readonly version: string; readonly effect: string } | null;
  readonly changes: readonly Change[];
  readonly tried: Tried | null;
}

export const explainDecision = defineCommand<{ days: number }>({
  usage: 'explain <decision>',
  summary:
    'which rules decided an action, which condition failed, and the smallest change that would allow it',
  options: [
    {
      flags: '--days <days>',
      summary: 'try changes on what was recorded since',
      parse: parseCount,
      initial: 30,
    },
  ],
  examples: ['policies explain rec_…', 'policies explain act_… --days 7'],
  async run(session, { days }, id = '') {
    const explanation = await session.api().send<Explanation>('POST', '/v1/policies/explain', { id, days });
    if (session.json) session.print.item(explanation, []);
    else for (const line of writeExplanation(explanation)) session.print.text(line);
    return undefined;
  },
});

function writeExplanation(explanation: Explanation): readonly string[] {
  const { record, at, agent, tool, recorded, policyVersion, now, changes, tried } = explanation;
  return [
    showHonestly(`${record}  ${formatTime(at)}  ${agent ?? '-'}  ${tool ?? '-'}`),
    showHonestly(`${recorded.effect} by ${recorded.decidedBy}, policies ${policyVersion ?? '-'}`),
    ...recorded.reasons.map(({ code, detail, limit }) =>
      showHonestly(
        [`  ${code}`, detail, limit === undefined ? undefined : JSON.stringify(limit)]
          .filter((part) => part !== undefined)
          .join(' '),
      ),
    ),
    ...recorded.provenance.map(({ pointer, role, origins }) =>
      showHonestly(`  ${pointer} (${role}) came from: ${origins.join(', ')}`),
    ),
    ...writeRepeated(explanation),
    ...explanation.rules.flatMap(writeRule),
    ...(explanation.otherRules > 0 ? [`  ${explanation.otherRules} rules are about something else`] : []),
    ...(now === null
      ? []
      : ['', showHonestly(`the policies in force (${now.version}) would say: ${now.effect}`)]),
    ...changes.flatMap(writeChange),
    ...(tried === null ? [] : ['', describeTried(tried)]),
  ];
}

function writeRepeated({ repeated }: Explanation): readonly string[] {
  const { isSame, effect, why, assumed } = repeated;
  return [
    ...(isSame ? ['decided again from the records: the same'] : []),
    ...(!isSame && effect !== null ? [`decided again from the records: ${effect}`] : []),
    ...(why === null ? [] : [showHonestly(`it cannot be repeated exactly because ${why}`)]),
    ...assumed.map((what) => showHonestly(`  taken as it is today: ${what}`)),
  ];
}

const OUTCOMES = { holds: 'holds', does_not_hold: 'does not hold', errs: 'errs' } as const;

function writeRule({
  id,
  effect,
  mode,
  file,
  line,
  outcome,
  isDetermining,
  sequence,
  because,
}: Rule): readonly string[] {
  const marks = [...(isDetermining ? ['decides'] : []), ...(mode === 'enforce' ? [] : [`only ${mode}`])];
  const mark = marks.length > 0 ? ` (${marks.join(', ')})` : '';
  return [
    '',
    showHonestly(`${effect} ${id} at ${file}:${line} ${OUTCOMES[outcome]}${mark}`),
    ...(sequence === null ? [] : [showHonestly(`  @after: ${sequence}`)]),
    ...because.flatMap((one) => [
      showHonestly(
        `  ${one.condition} ${one.text}${one.line === null ? '' : ` (line ${one.line})`} is ${one.found}`,
      ),
      ...one.read.map(({ text, value }) => showHonestly(`    ${text} is ${value}`)),
    ]),
  ];
}

function writeChange({ summary, policies, added, opens }: Change, index: number): readonly string[] {
  return [
    '',
    showHonestly(`${index + 1}. ${summary}`),
    ...(opens === null ? [] : [`   ${describeOpened(opens)}`]),
    ...policies.flatMap(({ id, file, before, after }) => [
      showHonestly(`   ${id} in ${file}`),
      ...compareLines(before.split('\n'), after.split('\n')).map(({ sign, line }) =>
        showHonestly(`   ${sign} ${line}`),
      ),
    ]),
    ...(added === null
      ? []
      : [
          showHonestly(`   ${added.name}`),
          ...added.text
            .trimEnd()
            .split('\n')
            .map((line) => showHonestly(`   + ${line}`)),
        ]),
  ];
}
