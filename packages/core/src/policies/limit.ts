import { readAnnotationPairs } from './annotation-pairs.ts';
import { parseWindowTime } from './window-time.ts';

/** Whose count a limit holds. `delegation` and `task` count what those that stand on them use, too. */
export const LIMIT_SUBJECTS = ['agent', 'task', 'delegation', 'tool', 'owner'] as const;
export type LimitSubject = (typeof LIMIT_SUBJECTS)[number];

/** What is counted: calls, rows of results, UTF-8 bytes of answers, or minor units of an ISO 4217 currency by its code. */
export type LimitUnit = 'calls' | 'rows' | 'bytes' | (string & {});

/** The most of one unit that one subject may use in one window. */
export interface PolicyLimit {
  readonly per: LimitSubject;
  readonly unit: LimitUnit;
  readonly most: number;
  /** Windows are aligned to the epoch (UTC). 0: one window, as long as the subject lives. */
  readonly windowSeconds: number;
}

export type ParsedLimits =
  | { readonly ok: true; readonly limits: readonly PolicyLimit[] }
  | { readonly ok: false; readonly detail: string };

const LONGEST_TEXT = 1024;
const MOST_CLAUSES = 8;
const KEYS: readonly string[] = ['per', 'within', 'calls', 'money', 'rows', 'bytes'];

/**
 * Reads the text of a policy's `@limit` annotation: clauses divided by `,`, all of which hold, each of `key=value`
 * pairs divided by `;`. `per` and at least one of `calls`, `money`, `rows` and `bytes` are required; without `within`
 * the subject has the amount once. Unknown, repeated and contradicting keys refuse.
 */
export function parseLimits(text: string): ParsedLimits {
  if (text.length > LONGEST_TEXT) return refuse(`longer than ${LONGEST_TEXT} characters`);
  const clauses = text.split(',');
  if (clauses.length > MOST_CLAUSES) return refuse(`more than ${MOST_CLAUSES} limits`);
  const limits: PolicyLimit[] = [];
  for (const clause of clauses) {
    const parsed = parseClause(clause);
    if (!parsed.ok) return parsed;
    for (const limit of parsed.limits) {
      if (limits.some((other) => isSameCount(other, limit)))
        return refuse(`two limits on ${limit.unit} per ${limit.per} in the same time`);
      limits.push(limit);
    }
  }
  return { ok: true, limits };
}

/** When the window of `at` began, in epoch milliseconds as `at` is. */
export function startOfWindow(windowSeconds: number, at: number): number {
  return windowSeconds === 0 ? 0 : Math.floor(at / (windowSeconds * 1000)) * windowSeconds * 1000;
}

function parseClause(clause: string): ParsedLimits {
  const read = readAnnotationPairs(clause, KEYS);
  if (!read.ok) return read;
  const { values } = read;
  const per = LIMIT_SUBJECTS.find((subject) => subject === values.get('per'));
  if (per === undefined) return refuse(`per is one of ${LIMIT_SUBJECTS.join(', ')}`);
  const within = values.get('within');
  const windowSeconds = within === undefined ? 0 : parseWindowTime(within);
  if (windowSeconds === undefined) return refuse('within is a time such as 1s, 10m, 2h or 30d, up to 366d');
  const limits: PolicyLimit[] = [];
  for (const unit of ['calls', 'rows', 'bytes']) {
    const given = values.get(unit);
    if (given === undefined) continue;
    const most = parseAmount(given);
    if (most === undefined) return refuse(`${unit} is a whole number from 1`);
    limits.push({ per, unit, most, windowSeconds });
  }
  const money = values.get('money');
  if (money !== undefined) {
    const [amount = '', currency = '', ...rest] = money.split(':');
    const most = parseAmount(amount);
    if (most === undefined || rest.length > 0 || !/^[A-Z]{3}$/.test(currency))
      return refuse('money is minor units and their currency, such as 50000:EUR');
    limits.push({ per, unit: currency, most, windowSeconds });
  }
  return limits.length === 0 ? refuse('name calls, money, rows or bytes') : { ok: true, limits };
}

function isSameCount(one: PolicyLimit, other: PolicyLimit): boolean {
  return one.per === other.per && one.unit === other.unit && one.windowSeconds === other.windowSeconds;
}

function refuse(detail: string): { readonly ok: false; readonly detail: string } {
  return { ok: false, detail };
}

function parseAmount(text: string): number | undefined {
  if (!/^[1-9]\d{0,15}$/.test(text)) return undefined;
  const amount = Number(text);
  return Number.isSafeInteger(amount) ? amount : undefined;
}
