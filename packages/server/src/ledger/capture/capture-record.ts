import { type LedgerRecord, retentionClassOf } from '@countersign/api';
import { readTokens } from '@countersign/core';
import type { CaptureRules } from '../../config/capture.ts';
import type { Platform } from '../../platform/platform.ts';
import { cutAt, leftOut } from './cut-at.ts';
import { cutSaid } from './cut-said.ts';
import { keyDigests } from './key-digests.ts';
import { isCard, leaveOut } from './leave-out.ts';

const mostNoted = 32;

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
    const key = randomBytes(32);
    const ruled = applyRules(record, rules, key, omitted);
    const found = (detects ? sift(ruled, '', rules, omitted) : ruled) as Readonly<Record<string, unknown>>;
    const cut = keyDigests(found, omitted, key);
    if (omitted.length === 0) return cut === found ? record : { ...record, body: cut };
    // A digest of what was left out would give it away to whoever tries all card numbers.
    const { resultDigest, ...rest } = cut;
    const keepsDigest = resultDigest !== undefined && !omitted.some((at) => /^\/result(?:\/|$)/.test(at));
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
  key: Uint8Array,
  omitted: string[],
): Readonly<Record<string, unknown>> {
  let cut = body;
  for (const rule of rules) {
    if (rule.upstream !== undefined && rule.upstream !== upstream) continue;
    if (rule.tool !== undefined && rule.tool !== tool) continue;
    if (rule.results === 'omit' && typeof cut.result === 'string') {
      cut = { ...cut, result: leftOut };
      omitted.push('/result');
    }
    cut = cutSaid(cut, rule.said, key, omitted);
    if (!Object.hasOwn(cut, 'arguments')) continue;
    for (const [pointer, way] of Object.entries(rule.arguments)) {
      const note = () => omitted.push(`/arguments${pointer}`);
      cut = { ...cut, arguments: cutAt(cut.arguments, readTokens(pointer), { way, key }, note) };
    }
  }
  return cut;
}

function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
