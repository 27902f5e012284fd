import type { JsonObject, JsonValue } from '../../actions/json-value.ts';
import type { Trust } from '../../tasks/labels.ts';
import { type CompiledFields, compileFields, type PointerStep } from './compile-fields.ts';
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
  const fields = compileFields(labels);
  const splitter = new Splitter(fields, rules);
  splitter.split(
    value,
    labels.trust,
    false,
    fields.pointers.next.size === 0 ? NO_STEPS : [fields.pointers],
    0,
  );
  return { trusted: splitter.trusted, untrusted: splitter.untrusted };
}

const NO_STEPS: readonly PointerStep[] = [];

/** Runs over every result: what the last value split into is left in two members, so that leaves cost no object. */
class Splitter {
  trusted: JsonValue | undefined;
  untrusted: JsonValue | undefined;
  readonly #fields: CompiledFields;
  readonly #rules: SplitRules;
  #nodes = 0;
  #isTainted = false;

  constructor(fields: CompiledFields, rules: SplitRules) {
    this.#fields = fields;
    this.#rules = rules;
  }

  /** `isSealed`: an untrusted field holds it. */
  split(
    value: JsonValue,
    trust: Trust,
    isSealed: boolean,
    pointers: readonly PointerStep[],
    depth: number,
  ): void {
    this.#nodes += 1;
    if (this.#nodes > MOST_NODES || depth > DEEPEST) this.#put(value, 'untrusted');
    // Below a sealed member no name can make anything trusted again.
    else if (typeof value !== 'object' || value === null || (isSealed && pointers.length === 0))
      this.#put(value, trust);
    else if (Array.isArray(value)) this.#splitItems(value, { trust, isSealed, pointers, depth });
    else this.#splitMembers(value as JsonObject, { trust, isSealed, pointers, depth });
  }

  #put(value: JsonValue, trust: Trust): void {
    const { isOrdered, echo } = this.#rules;
    const isSaid = typeof value === 'string' && trust === 'trusted' && isProse(value);
    if (trust === 'trusted' && !isSaid && !(isOrdered && this.#isTainted) && echo?.isEcho(value) !== true) {
      this.trusted = value;
      this.untrusted = undefined;
      return;
    }
    this.#isTainted = true;
    this.trusted = undefined;
    this.untrusted = value;
  }

  #splitItems(items: readonly JsonValue[], place: Place): void {
    const trusted: JsonValue[] = [];
    const untrusted: JsonValue[] = [];
    for (let index = 0; index < items.length; index++) {
      this.#enter(items[index] as JsonValue, place, String(index), undefined);
      if (this.trusted !== undefined) trusted.push(this.trusted);
      if (this.untrusted !== undefined) untrusted.push(this.untrusted);
    }
    this.trusted = trusted.length > 0 ? trusted : undefined;
    this.untrusted = untrusted.length > 0 ? untrusted : undefined;
    if (items.length === 0) this.#put(items, place.trust);
  }

  #splitMembers(object: JsonObject, place: Place): void {
    const trusted: Members = { value: undefined };
    const untrusted: Members = { value: undefined };
    const names = Object.keys(object);
    const { echo } = this.#rules;
    for (const [index, name] of names.entries()) {
      const member = object[name] as JsonValue;
      const isGiven = echo?.isGiven(name) === true;
      // What is found by a name is what its system knows; the name itself only repeats what was asked for.
      const isFound = isGiven && echo?.isOfRead === true;
      if (isGiven && !isFound) this.#put(member, 'untrusted');
      else this.#enter(member, place, name, this.#fields.findName(name));
      if (this.trusted !== undefined) addMember(trusted, isFound ? String(index) : name, this.trusted);
      if (isFound) this.untrusted ??= null;
      if (this.untrusted !== undefined) addMember(untrusted, name, this.untrusted);
    }
    this.trusted = trusted.value;
    this.untrusted = untrusted.value;
    if (names.length === 0) this.#put(object, place.trust);
  }

  #enter(value: JsonValue, place: Place, name: string, named: Trust | undefined): void {
    const depth = place.depth + 1;
    const pointers = place.pointers.length === 0 ? NO_STEPS : followPointers(place.pointers, name);
    const pointed = pointers.length === 0 ? undefined : readWorst(pointers);
    const said = pointed ?? (place.isSealed ? undefined : named);
    if (said === undefined) this.split(value, place.trust, place.isSealed, pointers, depth);
    else this.split(value, said, said === 'untrusted', pointers, depth);
  }
}

interface Place {
  readonly trust: Trust;
  /** An untrusted field holds it. */
  readonly isSealed: boolean;
  readonly pointers: readonly PointerStep[];
  readonly depth: number;
}

function readWorst(pointers: readonly PointerStep[]): Trust | undefined {
  const said = pointers.flatMap(({ trust }) => trust ?? []);
  return said.includes('untrusted') ? 'untrusted' : said[0];
}

function followPointers(pointers: readonly PointerStep[], name: string): readonly PointerStep[] {
  const steps = pointers.flatMap(({ next }) =>
    [next.get(name), next.get('*')].filter((step) => step !== undefined),
  );
  return steps.length === 0 ? NO_STEPS : steps;
}

interface Members {
  value: Record<string, JsonValue> | undefined;
}

function addMember(members: Members, name: string, value: JsonValue): void {
  members.value ??= {};
  // Assigning to this name would set a prototype.
  if (name === '__proto__')
    Object.defineProperty(members.value, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  else members.value[name] = value;
}
