import { refuseScim } from '../scim-error.ts';

export const comparisons = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
export type Comparison = (typeof comparisons)[number];

/** A filter of RFC 7644 §3.4.2.2. A path is an attribute, perhaps with a sub-attribute, perhaps under an extension. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  | { readonly kind: 'some'; readonly path: readonly string[]; readonly term: Filter }
  | { readonly kind: 'present'; readonly path: readonly string[] }
  | {
      readonly kind: 'compare';
      readonly by: Comparison;
      readonly path: readonly string[];
      readonly value: string | number | boolean | null;
    };

const longestFilter = 2_000;
const mostTerms = 30;
const deepest = 6;
const tokenPattern = /\s*(?:([()[\]])|("(?:[^"\\]|\\.)*")|([^\s()[\]"]+))/y;
const namePattern = /^[a-z$][\w$-]{0,63}$/i;

/** Hostile. Throws `person.scim_invalid` for what is not a filter, and for one that is longer or deeper than anybody needs. */
export function parseFilter(text: string): Filter {
  if (text.length > longestFilter) throw refuseScim('invalidFilter', 'the filter is too long');
  const reader = new Reader(readTokens(text));
  const filter = reader.readOr(0);
  if (!reader.isAtEnd) throw refuseScim('invalidFilter', 'something follows the filter');
  return filter;
}

function readTokens(text: string): readonly string[] {
  const tokens: string[] = [];
  const trimmed = text.trimEnd();
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < trimmed.length) {
    const found = tokenPattern.exec(trimmed);
    const token = found?.[1] ?? found?.[2] ?? found?.[3];
    if (token === undefined) throw refuseScim('invalidFilter', 'a text in the filter does not end');
    tokens.push(token);
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;
  #terms = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  readOr(depth: number): Filter {
    return this.#readJoined('or', () => this.#readJoined('and', () => this.#readTerm(depth)));
  }

  #readJoined(kind: 'and' | 'or', read: () => Filter): Filter {
    const first = read();
    const terms = [first];
    while (this.#isNext(kind)) {
      this.#at += 1;
      terms.push(read());
    }
    return terms.length === 1 ? first : { kind, terms };
  }

  #readTerm(depth: number): Filter {
    this.#terms += 1;
    if (depth > deepest || this.#terms > mostTerms)
      throw refuseScim('invalidFilter', 'the filter is too deep or has too many terms');
    if (this.#isNext('not')) {
      this.#at += 1;
      return { kind: 'not', term: this.#readGroup('(', ')', depth) };
    }
    if (this.#isNext('(')) return this.#readGroup('(', ')', depth);
    const path = readPath(this.#take());
    if (this.#isNext('[')) return { kind: 'some', path, term: this.#readGroup('[', ']', depth) };
    const by = this.#take().toLowerCase();
    if (by === 'pr') return { kind: 'present', path };
    const comparison = comparisons.find((one) => one === by);
    if (comparison === undefined) throw refuseScim('invalidFilter', 'an operator of the filter is none');
    return { kind: 'compare', by: comparison, path, value: readValue(this.#take()) };
  }

  #readGroup(open: string, close: string, depth: number): Filter {
    if (this.#take() !== open) throw refuseScim('invalidFilter', `the filter misses ${open}`);
    const filter = this.readOr(depth + 1);
    if (this.#take() !== close) throw refuseScim('invalidFilter', `the filter misses ${close}`);
    return filter;
  }

  #isNext(word: string): boolean {
    return this.#tokens[this.#at]?.toLowerCase() === word;
  }

  #take(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw refuseScim('invalidFilter', 'the filter ends too early');
    this.#at += 1;
    return token;
  }
}

function readValue(token: string): string | number | boolean | null {
  const lower = token.toLowerCase();
  if (lower === 'true' || lower === 'false') return lower === 'true';
  try {
    const value: unknown = JSON.parse(token);
    if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  } catch {
    // Not JSON: refused below.
  }
  throw refuseScim(
    'invalidFilter',
    'a value of the filter is neither a text, a number, true, false nor null',
  );
}

const coreUrn = /^urn:ietf:params:scim:schemas:core:2\.0:(?:user|group|agent):/i;

/** `name.familyName`, or below the URN of an extension. Throws `person.scim_invalid`. */
export function readPath(text: string): readonly string[] {
  const plain = text.replace(coreUrn, '');
  const [, urn, rest] = /^(urn:[\w.:-]+):([^:]+)$/i.exec(plain) ?? [null, undefined, plain];
  const names = (rest ?? '').split('.');
  if (names.length > 2 || !names.every((name) => namePattern.test(name)))
    throw refuseScim('invalidPath', 'an attribute is not named as SCIM names one');
  return urn === undefined ? names : [urn, ...names];
}
