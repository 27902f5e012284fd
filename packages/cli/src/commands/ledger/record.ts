import { formatTime } from '../../output/format-time.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { type Column, ShownText } from '../../output/printer.ts';

export interface LedgerRecordFacts {
  readonly seq: number;
  readonly id: string;
  readonly kind: string;
  readonly at: number;
  readonly causes: readonly string[];
  readonly erased: boolean;
  /** What it said is not what was recorded. */
  readonly damaged?: true;
  readonly action?: string;
  readonly agent?: string;
  readonly agents?: readonly string[];
  readonly chain?: readonly string[];
  /** Digest of the name of its session. */
  readonly session?: string;
  readonly task?: string;
  readonly person?: string;
  readonly approval?: string;
  readonly upstream?: string;
  readonly tool?: string;
  readonly toolCall?: string;
  /** W3C trace id. */
  readonly trace?: string;
  readonly policyVersion?: string;
  /** The run of drills it belongs to. */
  readonly drill?: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

export const recordFields: readonly Column<LedgerRecordFacts>[] = [
  ['SEQ', ({ seq }) => seq],
  ['AT', ({ at }) => formatTime(at)],
  ['KIND', ({ kind }) => kind],
  ['WHAT', describeWhat],
  ['WHO', ({ agent, person }) => agent ?? person],
  ['RECORD', ({ id }) => id],
];

export const recordDetailFields: readonly Column<LedgerRecordFacts>[] = [
  ...recordFields,
  ['ACTION', ({ action }) => action],
  ['TASK', ({ task }) => task],
  ['SESSION', ({ session }) => session],
  ['THROUGH', ({ agents }) => agents],
  ['CHAIN', ({ chain }) => chain],
  ['APPROVAL', ({ approval }) => approval],
  ['POLICY', ({ policyVersion }) => policyVersion],
  ['CAUSES', ({ causes }) => causes],
  [
    'BODY',
    ({ body, damaged, erased }) =>
      damaged === true ? 'damaged' : erased ? 'erased' : new ShownText(showBody(body)),
  ],
];

/** One record as one line of a tail. */
export function describeRecord(record: LedgerRecordFacts): string {
  const { seq, at, kind, agent, person } = record;
  const who = agent ?? person ?? '';
  const line = `${String(seq).padStart(6)}  ${formatTime(at)}  ${kind.padEnd(24)} ${describeWhat(record)}  ${who}`;
  return showHonestly(line.trimEnd());
}

/** What the record says happened, as far as one line can. */
function describeWhat({ upstream, tool, body, task, approval }: LedgerRecordFacts): string {
  const target = upstream === undefined ? undefined : tool === undefined ? upstream : `${upstream}/${tool}`;
  const words = ['effect', 'outcome', 'code', 'state', 'to'].map((name) => readWord(body, name));
  return [target ?? approval ?? task, ...words].filter((word) => word !== undefined && word !== '').join(' ');
}

function readWord(body: LedgerRecordFacts['body'], name: string): string | undefined {
  const value = body !== undefined && Object.hasOwn(body, name) ? body[name] : undefined;
  return typeof value === 'string' ? value.slice(0, 80) : undefined;
}

function showBody(body: unknown): string {
  return JSON.stringify(body ?? {}, null, 2)
    .split('\n')
    .map(showHonestly)
    .join('\n');
}
