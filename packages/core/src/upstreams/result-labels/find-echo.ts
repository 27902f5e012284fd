import { isJsonObject, type JsonValue } from '../../actions/json-value.ts';
import { listForms, listReadings, type ValueForms } from '../../actions/provenance/index.ts';

const MOST_TEXTS = 256;
const DEEPEST = 64;
/** UTF-16 units of the arguments that are read. */
const MOST_GIVEN = 131_072;
const SHORTEST = 3;
const ADDRESS = /[@:/]|\.\w/;
const ENCODED = /%[0-9a-f]{2}|&#?\w+;|=[0-9a-f]{2}|\\[ux]|[^\p{ASCII}]/iu;
/** More words, and what is measured in them is not what was asked for. */
const WORDED = /\p{L}{4}/u;
const LEAST_DIGITS = 7;
const LONGEST_PHONE = 32;
/** UTF-16 units compared in all; a result that would take more is all echo. */
const MOST_WORK = 2_000_000;

/**
 * Tells which values of a result only repeat what the call brought, in whatever spelling. What an agent wrote is no
 * better known for coming back from a system of record that writes it its own way.
 */
export class EchoFinder {
  readonly #texts = new Set<string>();
  readonly #names = new Set<string>();
  readonly #measures = new Set<string>();
  readonly #leads = new Set<string>();
  readonly #squeezed = new Set<string>();
  /** The names of the arguments' own members: of these only the whole is looked for. */
  readonly #keys = new Set<string>();
  #size = 0;
  #work = 0;
  /** There is more than was looked at: then everything is an echo. */
  #isOverflowing = false;

  readonly #isRead: boolean;

  /** `isRead`: what is found with a word contains it, and is no echo for that; an address it contains is one. */
  constructor(given: JsonValue, isRead = false) {
    this.#isRead = isRead;
    this.#collect(given, 0);
  }

  /** The call only reads. */
  get isOfRead(): boolean {
    return this.#isRead;
  }

  /** Whether the call brought what a member of the result is named by. */
  isGiven(text: string): boolean {
    if (this.#isOverflowing || this.#texts.has(fold(text))) return true;
    return listSpellings(text).some(
      (one) => this.#holdsSqueezed(one) || this.#isPhone(one) || this.#holdsName(listForms(one)),
    );
  }

  isEcho(value: JsonValue): boolean {
    // Lists and objects come here only when they are empty.
    if (typeof value === 'boolean' || typeof value === 'object') return false;
    if (this.#isOverflowing) return true;
    if (this.#texts.size === 0 && this.#keys.size === 0) return false;
    const given = String(value);
    const text = fold(given);
    if (this.#texts.has(text) || this.#keys.has(text)) return true;
    this.#work += this.#size + text.length * (this.#texts.size + 1);
    if (this.#work > MOST_WORK) return true;
    if (listSpellings(given).some((one) => this.#holdsValue(one))) return true;
    return text.length >= SHORTEST && this.#holdsPart(text);
  }

  #holdsPart(text: string): boolean {
    for (const given of this.#texts) {
      if (given.length < SHORTEST || (this.#isRead && !ADDRESS.test(given))) continue;
      if (given.includes(text) || text.includes(given)) return true;
    }
    return false;
  }

  #holdsName({ names, leads }: ValueForms): boolean {
    return (
      names.some((form) => this.#names.has(form) || this.#leads.has(form)) ||
      leads.some((form) => this.#names.has(form))
    );
  }

  #holdsValue(text: string): boolean {
    const forms = listForms(text);
    // What is found with a number has other things in it that are counted.
    const isMeasured = forms.isOne || !this.#isRead;
    return (
      this.#holdsName(forms) ||
      (isMeasured && forms.measures.some((form) => this.#measures.has(form))) ||
      this.#holdsSqueezed(text) ||
      this.#isPhone(text)
    );
  }

  #holdsSqueezed(text: string): boolean {
    const squeezed = squeeze(text);
    return squeezed.length >= SHORTEST && this.#squeezed.has(squeezed);
  }

  /** Whether these are the digits of a number that was given with another prefix, or none. */
  #isPhone(text: string): boolean {
    const digits = readPhone(text);
    if (digits === undefined) return false;
    for (const given of this.#squeezed) {
      const other = readPhone(given);
      if (other !== undefined && (other.endsWith(digits) || digits.endsWith(other))) return true;
    }
    return false;
  }

  #collect(value: JsonValue, depth: number): void {
    if (this.#isOverflowing) return;
    if (depth > DEEPEST) this.#isOverflowing = true;
    else if (Array.isArray(value)) for (const item of value) this.#collect(item, depth + 1);
    else if (isJsonObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        this.#collectKey(name);
        this.#collect(member, depth + 1);
      }
    } else if (typeof value !== 'boolean' && value !== null && value !== '') this.#collectText(String(value));
  }

  #collectKey(name: string): void {
    const text = fold(name);
    if (this.#keys.has(text)) return;
    this.#keys.add(text);
    if (this.#keys.size > MOST_TEXTS) this.#isOverflowing = true;
    else if (ADDRESS.test(text) || /\d{4}/.test(text)) this.#collectText(name);
  }

  #collectText(given: string): void {
    const text = fold(given);
    if (this.#texts.has(text)) return;
    this.#texts.add(text);
    this.#size += text.length;
    if (this.#texts.size >= MOST_TEXTS || this.#size > MOST_GIVEN) {
      this.#isOverflowing = true;
      return;
    }
    for (const reading of listReadings(given)) {
      const { names, measures, leads, isOne } = listForms(reading);
      for (const form of names) this.#names.add(form);
      for (const form of leads) this.#leads.add(form);
      if (isOne || !this.#isRead || !WORDED.test(reading))
        for (const form of measures) this.#measures.add(form);
      const squeezed = squeeze(reading);
      if (squeezed.length >= SHORTEST) this.#squeezed.add(squeezed);
    }
  }
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}

function listSpellings(text: string): readonly string[] {
  return ENCODED.test(text) ? listReadings(text) : [text];
}

/** Letters and digits alone: what tools put between them differs. */
function squeeze(text: string): string {
  return fold(text).replace(/[^\p{L}\p{N}]+/gu, '');
}

/** The digits of what can be a telephone number, without zeros that only stand before it. */
function readPhone(text: string): string | undefined {
  if (text.length > LONGEST_PHONE || !/\d/.test(text) || /\p{L}/u.test(text)) return undefined;
  const digits = squeeze(text).replace(/^0+/, '');
  return digits.length >= LEAST_DIGITS ? digits : undefined;
}
