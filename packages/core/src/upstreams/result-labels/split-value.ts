import { isJsonObject, type JsonValue } from '../../actions/json-value.ts';
import type { Trust } from '../../tasks/labels.ts';
import { type CompiledFields, compileFields, foldName, type PointerStep } from './compile-fields.ts';
import type { EchoFinder } from './find-echo.ts';
import { isProse } from './is-prose.ts';
import type { ResultLabels } from './result-labels.ts';

const DEEPEST = 64;
const MOST_NODES = 50_000;

/** What of a value may be believed, and the rest; undefined where there is none of it. */
export interface SplitValue {
  readonly trusted: JsonValue | undefined;
  readonly untrusted: JsonValue | undefined;
}

export interface SplitRules {
  /** Nothing behind the first untrusted leaf is trusted: it may have been written to look like more members. */
  readonly isOrdered: boolean;
  /** Finds what only repeats what the call brought. */
  readonly echo?: EchoFinder | undefined;
}

/**
 * Splits hostile data by its fields. What a named field holds takes the field's trust, and below an untrusted one only
 * a pointer that leads to the very place can say otherwise. Too deep, or too many members: untrusted.
 */
export function splitValue(value: JsonValue, labels: ResultLabels, rules: SplitRules): SplitValue {
  const splitter = new Splitter(compileFields(labels), rules);
  const pointers = [splitter.fields.pointers];
  return splitter.split(value, { trust: labels.trust, isSealed: false, pointers, depth: 0 });
}

interface Place {
  readonly trust: Trust;
  /** An untrusted field holds it. */
  readonly isSealed: boolean;
  readonly pointers: readonly PointerStep[];
  readonly depth: number;
}

class Splitter {
  readonly fields: CompiledFields;
  readonly #rules: SplitRules;
  #nodes = 0;
  #isTainted = false;

  constructor(fields: CompiledFields, rules: SplitRules) {
    this.fields = fields;
    this.#rules = rules;
  }

  split(value: JsonValue, place: Place): SplitValue {
    this.#nodes += 1;
    if (this.#nodes > MOST_NODES || place.depth > DEEPEST) return this.#put(value, 'untrusted');
    if (Array.isArray(value)) return this.#splitItems(value, place);
    if (isJsonObject(value)) return this.#splitMembers(Object.entries(value), place);
    return this.#put(value, place.trust);
  }

  #put(value: JsonValue, trust: Trust): SplitValue {
    const isBehind = this.#rules.isOrdered && this.#isTainted;
    const isSaid = typeof value === 'string' && isProse(value);
    if (trust === 'trusted' && !isBehind && !isSaid && this.#rules.echo?.isEcho(value) !== true) {
      return { trusted: value, untrusted: undefined };
    }
    this.#isTainted = true;
    return { trusted: undefined, untrusted: value };
  }

  #splitItems(items: readonly JsonValue[], place: Place): SplitValue {
    if (items.length === 0) return this.#put(items, place.trust);
    const trusted: JsonValue[] = [];
    const untrusted: JsonValue[] = [];
    for (const [index, item] of items.entries()) {
      const part = this.split(item, this.#enter(place, String(index), undefined));
      if (part.trusted !== undefined) trusted.push(part.trusted);
      if (part.untrusted !== undefined) untrusted.push(part.untrusted);
    }
    return {
      trusted: trusted.length > 0 ? trusted : undefined,
      untrusted: untrusted.length > 0 ? untrusted : undefined,
    };
  }

  #splitMembers(members: readonly (readonly [string, JsonValue])[], place: Place): SplitValue {
    if (members.length === 0) return this.#put({}, place.trust);
    const trusted: [string, JsonValue][] = [];
    const untrusted: [string, JsonValue][] = [];
    for (const [name, member] of members) {
      const inner = this.#enter(place, name, this.fields.names.get(foldName(name)));
      const isGiven = this.#rules.echo?.isGiven(name) === true;
      const part = isGiven ? this.#put(member, 'untrusted') : this.split(member, inner);
      if (part.trusted !== undefined) trusted.push([name, part.trusted]);
      if (part.untrusted !== undefined) untrusted.push([name, part.untrusted]);
    }
    // Defines members, so that `__proto__` is one like any other.
    return {
      trusted: trusted.length > 0 ? Object.fromEntries(trusted) : undefined,
      untrusted: untrusted.length > 0 ? Object.fromEntries(untrusted) : undefined,
    };
  }

  #enter(place: Place, name: string, named: Trust | undefined): Place {
    const pointers = place.pointers.flatMap(({ next }) =>
      [next.get(name), next.get('*')].filter((step) => step !== undefined),
    );
    const depth = place.depth + 1;
    const pointed = pointers.flatMap(({ trust }) => (trust === undefined ? [] : [trust]));
    if (pointed.length > 0) {
      const trust = pointed.includes('untrusted') ? 'untrusted' : 'trusted';
      return { trust, isSealed: trust === 'untrusted', pointers, depth };
    }
    if (named === undefined || place.isSealed) return { ...place, pointers, depth };
    return { trust: named, isSealed: named === 'untrusted', pointers, depth };
  }
}
