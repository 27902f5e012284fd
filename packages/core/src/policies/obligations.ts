import { parseDuration } from '../approvals/duration.ts';
import { type PersonSelector, sortSelectors } from '../approvals/requirement.ts';
import { parseSelectors } from '../approvals/selectors.ts';
import { isJsonPointer } from '../delegations/json-pointer.ts';

/** What an allowed action owes, besides being allowed. Lists are sorted and without duplicates. */
export interface Obligations {
  /** JSON pointers (RFC 6901) into the result of what must not pass; `*` is each element or member, `-` each element. */
  readonly redact: readonly string[];
  /** The most elements of any array in the result, or lines of a text; null when they are not counted. */
  readonly capRows: number | null;
  /** The most UTF-8 bytes of the result; null when they are not counted. */
  readonly capBytes: number | null;
  /** What the agent must read with the result. */
  readonly notices: readonly string[];
  /** Who must be told. */
  readonly notify: readonly PersonSelector[];
  /** The oldest the caller's token may be, in seconds; null for any. */
  readonly freshSeconds: number | null;
}

export const NO_OBLIGATIONS: Obligations = {
  redact: [],
  capRows: null,
  capBytes: null,
  notices: [],
  notify: [],
  freshSeconds: null,
};

/** The annotations of a `permit` that say what is owed. */
export const OBLIGATION_ANNOTATIONS = ['redact', 'cap', 'notice', 'notify', 'fresh'] as const;

export type ParsedObligations =
  | { readonly ok: true; readonly obligations: Obligations }
  | { readonly ok: false; readonly detail: string };

const LONGEST_TEXT = 4096;
const LONGEST_NOTICE = 500;
const MOST_POINTERS = 32;
const LARGEST_CAP = 1_000_000_000;
const FRESHNESS = { shortest: 1, longest: 60 * 60 };

/** Reads the obligations of a policy's annotations; `NO_OBLIGATIONS` when it has none. Unreadable ones refuse. */
export function parseObligations(annotations: Readonly<Record<string, string>>): ParsedObligations {
  const given = OBLIGATION_ANNOTATIONS.filter((name) => Object.hasOwn(annotations, name));
  let obligations = NO_OBLIGATIONS;
  for (const name of given) {
    const text = annotations[name] ?? '';
    const read = text.length > LONGEST_TEXT ? `longer than ${LONGEST_TEXT} characters` : readers[name](text);
    if (typeof read === 'string') return { ok: false, detail: `@${name}: ${read}` };
    obligations = { ...obligations, ...read };
  }
  return { ok: true, obligations };
}

/** All of them at once: everything that one of them redacts, tells or asks for, and the lowest of each limit. */
export function mergeObligations(all: Iterable<Obligations>): Obligations {
  let merged = NO_OBLIGATIONS;
  for (const one of all) {
    merged = {
      redact: sortTexts([...merged.redact, ...one.redact]),
      capRows: lower(merged.capRows, one.capRows),
      capBytes: lower(merged.capBytes, one.capBytes),
      notices: sortTexts([...merged.notices, ...one.notices]),
      notify: sortSelectors([...merged.notify, ...one.notify]),
      freshSeconds: lower(merged.freshSeconds, one.freshSeconds),
    };
  }
  return merged;
}

export function isFree(obligations: Obligations): boolean {
  return !changesResult(obligations) && obligations.notify.length === 0 && obligations.freshSeconds === null;
}

/** Whether less of a result may pass than came. */
export function shapesResult({ redact, capRows, capBytes }: Obligations): boolean {
  return redact.length > 0 || capRows !== null || capBytes !== null;
}

/** Whether a result may not pass as it came. */
export function changesResult(obligations: Obligations): boolean {
  return shapesResult(obligations) || obligations.notices.length > 0;
}

type Reader = (text: string) => Partial<Obligations> | string;

const readers: Readonly<Record<(typeof OBLIGATION_ANNOTATIONS)[number], Reader>> = {
  redact: readPointers,
  cap: readCap,
  notice: (text) => {
    const notice = text.trim();
    if (notice === '' || notice.length > LONGEST_NOTICE)
      return `a text of up to ${LONGEST_NOTICE} characters`;
    return { notices: [notice] };
  },
  notify: (text) => {
    const notify = parseSelectors(text);
    return notify === undefined ? 'names roles, people, owner or requester' : { notify };
  },
  fresh: (text) => {
    const freshSeconds = parseDuration(text.trim(), FRESHNESS);
    return freshSeconds === undefined ? 'a time such as 60s or 2m, up to 1h' : { freshSeconds };
  },
};

function readPointers(text: string): Partial<Obligations> | string {
  const pointers = text.split(',').map((part) => part.trim());
  if (pointers.length > MOST_POINTERS) return `more than ${MOST_POINTERS} pointers`;
  const wrong = pointers.find((pointer) => !pointer.startsWith('/') || !isJsonPointer(pointer));
  if (wrong !== undefined) return `"${wrong}" is no JSON pointer such as /customer/iban or /items/*/ssn`;
  return { redact: sortTexts(pointers) };
}

function readCap(text: string): Partial<Obligations> | string {
  const values = new Map<string, number>();
  for (const pair of text.split(';')) {
    if (pair.trim() === '') continue;
    const found = /^\s*(rows|bytes)\s*=\s*([1-9]\d{0,8})\s*$/.exec(pair);
    const [, key = '', digits = ''] = found ?? [];
    if (found === null || Number(digits) > LARGEST_CAP)
      return `"${pair.trim()}" is not rows=100 or bytes=65536`;
    if (values.has(key)) return `${key} is given twice`;
    values.set(key, Number(digits));
  }
  if (values.size === 0) return 'names rows, bytes or both';
  return { capRows: values.get('rows') ?? null, capBytes: values.get('bytes') ?? null };
}

function lower(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

function sortTexts(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
