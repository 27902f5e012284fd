import { createHmac } from 'node:crypto';
import { type LedgerRecord, retentionClassOf } from '@countersign/api';
import { readTokens } from '@countersign/core';
import type { CaptureRules, CaptureWay } from '../../config/capture.ts';
import type { Platform } from '../../platform/platform.ts';
import { isCard, leaveOut } from './leave-out.ts';

const mostNoted = 32;
const leftOut = '[left out]';
interface Cut {
  readonly way: CaptureWay;
  /** Of one record, and kept nowhere: nobody can try values against a digest, whatever they may read. */
  readonly key: Uint8Array;
}

/** How records are written down under these rules: undefined when everything is kept, so that it costs nothing then. */
export function createCapture(
  rules: CaptureRules,
  { randomBytes }: Pick<Platform, 'randomBytes'>,
): ((record: LedgerRecord) => LedgerRecord) | undefined {
  const { cards, emails, ibans, secrets } = rules;
  const detects = [cards, emails, ibans, secrets].includes('omit');
  if (!detects && rules.rules.length === 0) return undefined;
  return (record) => {
    if (retentionClassOf(record.kind) !== 'content') return record;
    const omitted: string[] = [];
    // Rules come first: what is found by its form would stand as the same words for every value.
    const ruled = applyRules(record, rules, randomBytes, omitted);
    const cut = (detects ? sift(ruled, '', rules, omitted) : ruled) as Readonly<Record<string, unknown>>;
    if (omitted.length === 0) return record;
    // A digest of what was left out would give it away to whoever tries all card numbers.
    const { resultDigest, ...rest } = cut;
    const keepsDigest = resultDigest !== undefined && !omitted.includes('/result');
    const noted = [...new Set(omitted)].slice(0, mostNoted);
    const whole = { ...rest, ...(keepsDigest ? { resultDigest } : {}), omitted: noted };
    return { ...record, body: sortMembers(whole) };
  };
}

/** The payload of a record of the path is written in the order in which it stands. */
function sortMembers(body: Readonly<Record<string, unknown>>): LedgerRecord['body'] {
  return Object.fromEntries(Object.entries(body).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Hostile: whatever agents, models and upstreams said, as deep as they were let. */
function sift(value: unknown, at: string, rules: CaptureRules, omitted: string[]): unknown {
  if (typeof value === 'string') {
    const left = leaveOut(value, rules);
    if (left !== value) omitted.push(at);
    return left;
  }
  if (typeof value === 'number' && rules.cards === 'omit' && isCard(String(value))) {
    omitted.push(at);
    return '[left out: a card number]';
  }
  if (Array.isArray(value)) return value.map((item, index) => sift(item, `${at}/${index}`, rules, omitted));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]): [string, unknown] => {
    const shown = leaveOut(name, rules);
    if (shown !== name) omitted.push(`${at}/*`);
    return [shown, sift(member, `${at}/${escapeToken(shown)}`, rules, omitted)];
  });
  // `fromEntries` defines members: a name such as `__proto__` is one like any other.
  return Object.fromEntries(members);
}

function applyRules(
  { body, tool, upstream }: LedgerRecord,
  { rules }: CaptureRules,
  randomBytes: Platform['randomBytes'],
  omitted: string[],
): Readonly<Record<string, unknown>> {
  let cut = body;
  let key: Uint8Array | undefined;
  for (const rule of rules) {
    if (rule.upstream !== undefined && rule.upstream !== upstream) continue;
    if (rule.tool !== undefined && rule.tool !== tool) continue;
    if (rule.results === 'omit' && typeof cut.result === 'string') {
      cut = { ...cut, result: leftOut };
      omitted.push('/result');
    }
    if (!Object.hasOwn(cut, 'arguments')) continue;
    for (const [pointer, way] of Object.entries(rule.arguments)) {
      const note = () => omitted.push(`/arguments${pointer}`);
      key ??= randomBytes(32);
      cut = { ...cut, arguments: cutAt(cut.arguments, readTokens(pointer), { way, key }, note) };
    }
  }
  return cut;
}

/** What stands in the way of a pointer, such as JSON within a string, may hold what it means: it goes as a whole. */
function cutAt(value: unknown, path: readonly string[], how: Cut, note: () => void): unknown {
  const [first, ...rest] = path;
  if (first === undefined || typeof value === 'string') {
    note();
    return first === undefined ? showCut(value, how) : leftOut;
  }
  if (typeof value !== 'object' || value === null) return value;
  const isAt = (name: string) => first === '*' || name.normalize('NFKC') === first.normalize('NFKC');
  if (Array.isArray(value))
    return value.map((item, index) => (isAt(String(index)) ? cutAt(item, rest, how, note) : item));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]): [string, unknown] => [
      name,
      isAt(name) ? cutAt(member, rest, how, note) : member,
    ]),
  );
}

function showCut(value: unknown, { way, key }: Cut): string {
  if (way === 'omit' || (typeof value !== 'string' && typeof value !== 'number')) return leftOut;
  const text = String(value);
  if (way === 'last4') return text.length < 12 ? leftOut : `[left out, ends in ${text.slice(-4)}]`;
  if (way === 'digest') return `[left out, digest ${digestUnder(key, value)}]`;
  const letters = [...text];
  // What is hardly longer than its beginning would stand there whole.
  if (letters.length < way.beginning * 2) return leftOut;
  return `${letters.slice(0, way.beginning).join('')} [the rest left out]`;
}

/** In groups, so that no form of a number is found in it. */
function digestUnder(key: Uint8Array, value: string | number): string {
  const digest = createHmac('sha256', key).update(JSON.stringify(value)).digest('hex');
  return [0, 8, 16, 24].map((at) => digest.slice(at, at + 8)).join(':');
}

function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
