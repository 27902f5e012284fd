import type { JsonValue } from '../../actions/json-value.ts';

/** Two fingerprints of 32 bits, to count by: equal for equal calls, and now and then for others. Nothing is decided by them alone. */
export interface CallHash {
  /** Of tool and arguments; the order of an object's members makes no difference. */
  readonly exact: number;
  /** The same without numbers, case and spaces: what stays alike when a loop counts something up. */
  readonly shape: number;
}

/** Hostile arguments are read no further. */
const MOST_VALUES = 2_000;
const MOST_CHARACTERS = 16_384;
const DEEPEST = 64;

export function hashCall(tool: string, args: JsonValue): CallHash {
  const budget = { values: MOST_VALUES, characters: MOST_CHARACTERS };
  const { exact, shape } = hashValue(args, budget, 0);
  const name = hashText(tool, budget).exact;
  return { exact: mix(name, exact), shape: mix(name, shape) };
}

/** A fingerprint of one value, without case and outer spaces, for what was aimed at. */
export function hashGoal(value: string): number {
  return hashText(value.trim().slice(0, 1024).normalize('NFKC').toLowerCase(), { characters: 1024 }).exact;
}

interface Budget {
  values: number;
  characters: number;
}

function hashValue(value: JsonValue, budget: Budget, depth: number): CallHash {
  budget.values -= 1;
  if (budget.values < 0 || depth > DEEPEST) return { exact: 1, shape: 1 };
  if (typeof value === 'string') return hashText(value, budget);
  if (typeof value === 'number') return { exact: hashText(String(value), budget).exact, shape: 2 };
  if (value === null || typeof value === 'boolean') {
    const known = value === null ? 3 : value ? 4 : 5;
    return { exact: known, shape: known };
  }
  let [exact, shape] = [6, 6];
  if (Array.isArray(value)) {
    for (const item of value) {
      if (budget.values <= 0) break;
      const hash = hashValue(item, budget, depth + 1);
      exact = mix(exact, hash.exact);
      shape = mix(shape, hash.shape);
    }
    return { exact, shape };
  }
  // A sum does not depend on the order of what is added.
  for (const [key, member] of Object.entries(value)) {
    if (budget.values <= 0) break;
    const name = hashText(key, budget).exact;
    const hash = hashValue(member, budget, depth + 1);
    exact = (exact + mix(name, hash.exact)) >>> 0;
    shape = (shape + mix(name, hash.shape)) >>> 0;
  }
  return { exact: mix(7, exact), shape: mix(7, shape) };
}

/** FNV-1a over UTF-16 units; the length stands for what is not read. */
function hashText(text: string, budget: Pick<Budget, 'characters'>): CallHash {
  let [exact, shape] = [0x811c9dc5, 0x811c9dc5];
  let before = 0;
  const end = Math.min(text.length, Math.max(0, budget.characters));
  budget.characters -= end;
  for (let index = 0; index < end; index += 1) {
    const unit = text.charCodeAt(index);
    exact = Math.imul(exact ^ unit, 0x01000193);
    const plain = plainUnit(unit);
    if (plain !== before || (plain !== DIGIT && plain !== SPACE))
      shape = Math.imul(shape ^ plain, 0x01000193);
    before = plain;
  }
  return { exact: mix(exact >>> 0, text.length), shape: shape >>> 0 };
}

const DIGIT = 48;
const SPACE = 32;

function plainUnit(unit: number): number {
  if (unit >= 48 && unit <= 57) return DIGIT;
  if (unit === 9 || unit === 10 || unit === 13 || unit === 0xa0) return SPACE;
  return unit >= 65 && unit <= 90 ? unit + 32 : unit;
}

function mix(one: number, other: number): number {
  let hash = Math.imul(one ^ (other + 0x9e3779b9 + (one << 6) + (one >>> 2)), 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash >>> 0;
}
