import { readAnnotationPairs } from './annotation-pairs.ts';
import { parseWindowTime } from './window-time.ts';

export const DONE_KINDS = ['data_domain', 'label', 'tool', 'upstream', 'effect'] as const;
export type DoneKind = (typeof DONE_KINDS)[number];

/** Something a task may have done: all of that kind whose name is this, or begins with it where it ends with `*`. */
export interface DoneSelector {
  readonly kind: DoneKind;
  readonly name: string;
}

/** Any of these, each of which is all of what is in it. */
export type DoneChoice = readonly (readonly DoneSelector[])[];

/** When a policy counts, by what the task and those it is of one line with have done before the call at hand. */
export interface PolicySequence {
  /** All of them have come about. */
  readonly after: readonly DoneChoice[];
  /** So often, of any tool (null) or of these; null when no refusal is asked for. */
  readonly denied: { readonly tools: DoneChoice | null; readonly times: number } | null;
  /** At least, in minor units; null when it is not asked. */
  readonly spentMinor: number | null;
  /** Ends it: what has been completed since. */
  readonly without: DoneChoice | null;
  /** How long it counts after the newest of what it asks for; null: as long as the task lives. */
  readonly withinSeconds: number | null;
}

export type ParsedSequence =
  | { readonly ok: true; readonly sequence: PolicySequence }
  | { readonly ok: false; readonly detail: string };

const LONGEST_TEXT = 1024;
const MOST_SELECTORS = 16;
const MOST_TIMES = 1_000_000;
const KEYS: readonly string[] = ['read', 'called', 'denied', 'times', 'spent', 'without', 'within'];
const KIND_BY_WORD: ReadonlyMap<string, DoneKind> = new Map([
  ['data', 'data_domain'],
  ['label', 'label'],
  ['tool', 'tool'],
  ['upstream', 'upstream'],
  ['effect', 'effect'],
]);

/**
 * Reads the text of a policy's `@after` annotation: `key=value` pairs divided by `;`. `read` (`data:`, `label:`), `called`
 * (`tool:`, `upstream:`, `effect:`), `denied` (`any` or `tool:`, with `times`) and `spent` say what must have come about,
 * all of them; `without` (`tool:`, `upstream:`) what ends that, `within` for how long it counts. In a value `,` divides
 * what is enough by itself, and `+` what is needed together. Unknown, repeated and meaningless keys refuse.
 */
export function parseSequence(text: string): ParsedSequence {
  if (text.length > LONGEST_TEXT) return refuse(`longer than ${LONGEST_TEXT} characters`);
  const pairs = readAnnotationPairs(text, KEYS);
  if (!pairs.ok) return pairs;
  const { values } = pairs;
  const read = readChoice(values.get('read'), ['data', 'label']);
  if (typeof read === 'string') return refuse(`read: ${read}`);
  const called = readChoice(values.get('called'), ['tool', 'upstream', 'effect']);
  if (typeof called === 'string') return refuse(`called: ${called}`);
  const without = readChoice(values.get('without'), ['tool', 'upstream']);
  if (typeof without === 'string') return refuse(`without: ${without}`);
  const denied = readDenied(values.get('denied'), values.get('times'));
  if (typeof denied === 'string') return refuse(denied);
  const spentMinor = readWhole(values.get('spent'), Number.MAX_SAFE_INTEGER);
  if (spentMinor === undefined) return refuse('spent is a whole number of minor units from 1');
  const within = values.get('within');
  const withinSeconds = within === undefined ? null : parseWindowTime(within);
  if (withinSeconds === undefined) return refuse('within is a time such as 30s, 10m or 2h');
  const after = [read, called].filter((choice) => choice !== null);
  if (after.length === 0 && denied === null && spentMinor === null && without === null)
    return refuse('name read, called, denied, spent or without');
  if (withinSeconds !== null && after.length === 0 && denied === null)
    return refuse('within counts from what was read, called or denied: name one of them');
  return { ok: true, sequence: { after, denied, spentMinor, without, withinSeconds } };
}

/** Whether a thing of this kind and name is what the selector means. */
export function isSelected({ kind, name }: DoneSelector, done: DoneSelector): boolean {
  if (kind !== done.kind) return false;
  return name.endsWith('*') ? done.name.startsWith(name.slice(0, -1)) : name === done.name;
}

function readChoice(text: string | undefined, words: readonly string[]): DoneChoice | null | string {
  if (text === undefined) return null;
  const choice: DoneSelector[][] = [];
  let count = 0;
  for (const alternative of text.split(',')) {
    const together: DoneSelector[] = [];
    for (const part of alternative.split('+')) {
      count += 1;
      if (count > MOST_SELECTORS) return `more than ${MOST_SELECTORS} things`;
      const selector = readSelector(part.trim(), words);
      if (selector === undefined)
        return `"${part.trim()}" is none of ${words.map((word) => `${word}:<name>`).join(', ')}`;
      together.push(selector);
    }
    choice.push(together);
  }
  return choice;
}

function readSelector(text: string, words: readonly string[]): DoneSelector | undefined {
  const colon = text.indexOf(':');
  const word = text.slice(0, Math.max(0, colon));
  const kind = KIND_BY_WORD.get(word);
  const name = text.slice(colon + 1);
  if (kind === undefined || !words.includes(word) || !/^[^\s*]{0,255}\*?$/.test(name) || name === '')
    return undefined;
  // A tool without its upstream would be any upstream's tool of that name.
  return kind === 'tool' && !/^[^/*]+\/./.test(name) ? undefined : { kind, name };
}

function readDenied(text: string | undefined, times: string | undefined): PolicySequence['denied'] | string {
  if (text === undefined) return times === undefined ? null : 'times says how often denied is meant';
  const tools = text === 'any' ? null : readChoice(text, ['tool']);
  if (typeof tools === 'string') return `denied: ${tools}, or "any"`;
  if (tools?.some((together) => together.length > 1))
    return 'denied: "," divides tools; "+" means nothing here';
  const count = readWhole(times, MOST_TIMES);
  if (count === undefined) return `times is a whole number from 1 to ${MOST_TIMES}`;
  return { tools, times: count ?? 1 };
}

/** Null when it is not given; undefined when it is no whole number from 1. */
function readWhole(text: string | undefined, most: number): number | null | undefined {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,15}$/.test(text)) return undefined;
  return Number(text) <= most ? Number(text) : undefined;
}

function refuse(detail: string): { readonly ok: false; readonly detail: string } {
  return { ok: false, detail };
}
