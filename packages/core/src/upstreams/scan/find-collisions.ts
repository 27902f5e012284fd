import { canonicalJson } from '../../actions/canonical-json.ts';
import type { ToolFinding } from './finding.ts';
import type { KnownIndex } from './index-known.ts';
import type { ToolFeatures } from './tool-features.ts';

const LEAST_CONTENT = 3;
const LEAST_SHARED = 0.8;
const LONG_RUN = 6;
const LONG_NAME = 8;

/**
 * How a newcomer resembles tools that were there before it. Only the newcomer is found fault with: a tool that a person
 * has accepted must not be held because somebody copies it.
 */
export function findCollisions(newcomer: ToolFeatures, known: KnownIndex): readonly ToolFinding[] {
  const findings: ToolFinding[] = [];
  for (const other of known.candidatesFor(newcomer)) {
    const found = compare(newcomer, other);
    if (found !== undefined) findings.push({ path: '', other: nameOf(other), ...found });
    if (findings.length >= 10) break;
  }
  return findings;
}

type Compared = Pick<ToolFinding, 'kind' | 'grade' | 'because'>;

function compare(newcomer: ToolFeatures, other: ToolFeatures): Compared | undefined {
  const isSibling = newcomer.tool.upstream === other.tool.upstream;
  if (newcomer.tool.definition.name === other.tool.definition.name)
    return isSibling ? undefined : compareNamesakes(newcomer, other);
  if (newcomer.skeleton === other.skeleton)
    return held('look_alike', 'its name can hardly be told from that of another tool');
  if (newcomer.core === other.core && (newcomer.nameWords.length > 1 || newcomer.core.length >= LONG_NAME))
    return held('look_alike', 'its name is that of another tool, differently dressed');
  if (!isSibling && isOneEditAway(newcomer.skeleton, other.skeleton))
    return held('look_alike', 'its name is one letter away from that of another tool');
  if (sharesPurpose(newcomer, other) && (!isSibling || sharesParameters(newcomer, other)))
    return held('claimed_twice', 'it says that it does what another tool does');
  return undefined;
}

/** Two upstreams of one make offer the same tools, word for word. */
function compareNamesakes(newcomer: ToolFeatures, other: ToolFeatures): Compared | undefined {
  if (canonicalJson(newcomer.tool.definition) === canonicalJson(other.tool.definition))
    return {
      kind: 'collision',
      grade: 'warn',
      because: 'another upstream has the same tool, word for word: is it a second one of its make?',
    };
  if (newcomer.nameWords.length > 1) return held('collision', 'another upstream has a tool of this name');
  return sharesPurpose(newcomer, other)
    ? held('collision', 'another upstream has a tool of this name that says it does the same')
    : undefined;
}

function held(kind: Compared['kind'], because: string): Compared {
  return { kind, grade: 'quarantine', because };
}

/** Nearly all words of the one are said by the other, or many of them in a row. */
function sharesPurpose(one: ToolFeatures, other: ToolFeatures): boolean {
  const [small, large] = one.content.size <= other.content.size ? [one, other] : [other, one];
  if (small.content.size < LEAST_CONTENT) return false;
  let shared = 0;
  for (const word of small.content) if (large.content.has(word)) shared += 1;
  if (shared / small.content.size >= LEAST_SHARED) return true;
  return shared >= LEAST_CONTENT && longestRun(one.purpose, other.purpose) >= LONG_RUN;
}

function sharesParameters(one: ToolFeatures, other: ToolFeatures): boolean {
  if (other.parameters.size !== one.parameters.size) return false;
  return [...one.parameters].every((name) => other.parameters.has(name));
}

function longestRun(one: readonly string[], other: readonly string[]): number {
  let longest = 0;
  let before = new Array<number>(other.length + 1).fill(0);
  for (const word of one) {
    const row = new Array<number>(other.length + 1).fill(0);
    for (const [at, candidate] of other.entries()) {
      if (word !== candidate) continue;
      const run = (before[at] ?? 0) + 1;
      row[at + 1] = run;
      if (run > longest) longest = run;
    }
    before = row;
  }
  return longest;
}

/** One letter put in, left out or changed in a name that is long enough for nobody to notice. */
function isOneEditAway(one: string, other: string): boolean {
  if (Math.min(one.length, other.length) < LONG_NAME || Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  let end = 0;
  const most = Math.min(one.length, other.length) - start;
  while (end < most && one[one.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  return Math.max(one.length, other.length) - start - end <= 1;
}

function nameOf({ tool }: ToolFeatures): string {
  return `${tool.upstream}/${tool.definition.name}`;
}
