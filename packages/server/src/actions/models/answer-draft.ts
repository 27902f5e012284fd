import type { JsonValue } from '@countersign/core';
import { digestArguments, type ModelEntry, readName, sayEntry, type ToldCall } from './model-request.ts';

/** What a model answered, as far as it was understood. */
export interface ModelAnswer {
  /** What it says that it is. */
  readonly id: string | null;
  /** Why it stopped; null when it did not come to an end. */
  readonly finish: string | null;
  readonly usage: { readonly input: number | null; readonly output: number | null } | null;
  readonly text: string;
  readonly toolCalls: readonly ToldCall[];
  /** False when something in it could not be read, or was more than is kept. */
  readonly understood: boolean;
}

const mostText = 262_144;
const mostArguments = 262_144;
const mostAllArguments = 1_048_576;
const mostCalls = 128;
const mostTexts = 64;

interface DraftCall {
  id: string;
  name: string;
  pieces: string[];
}

/** An answer while it comes, in bounded memory: what is beyond the bounds passes all the same, and is not understood. */
export class AnswerDraft {
  readonly #texts = new Map<string, string[]>();
  readonly #calls = new Map<string, DraftCall>();
  #id: string | null = null;
  #finish: string | null = null;
  #usage: { input: number | null; output: number | null } | null = null;
  #understood = true;
  #characters = 0;
  #argumentCharacters = 0;

  setId(id: JsonValue | undefined): void {
    if (typeof id === 'string' && id !== '') this.#id = readName(id);
  }

  setFinish(finish: JsonValue | undefined): void {
    if (typeof finish === 'string' && finish !== '') this.#finish = readName(finish);
  }

  setUsage(input: JsonValue | undefined, output: JsonValue | undefined): void {
    const counted = { input: readCount(input), output: readCount(output) };
    if (counted.input === null && counted.output === null) return;
    this.#usage = {
      input: counted.input ?? this.#usage?.input ?? null,
      output: counted.output ?? this.#usage?.output ?? null,
    };
  }

  addText(block: string, piece: JsonValue | undefined): void {
    if (typeof piece !== 'string' || piece === '') return;
    this.#characters += piece.length;
    const pieces = this.#texts.get(block) ?? [];
    if (this.#characters > mostText || (pieces.length === 0 && this.#texts.size >= mostTexts)) {
      this.misunderstand();
      return;
    }
    pieces.push(piece);
    this.#texts.set(block, pieces);
  }

  /** In the place of what came in pieces. */
  setText(block: string, text: JsonValue | undefined): void {
    const before = this.#texts.get(block)?.reduce((sum, piece) => sum + piece.length, 0) ?? 0;
    this.#characters -= before;
    this.#texts.delete(block);
    this.addText(block, text);
  }

  openCall(key: string, id: JsonValue | undefined, name: JsonValue | undefined): void {
    const call = this.#calls.get(key);
    if (call === undefined && this.#calls.size >= mostCalls) {
      this.misunderstand();
      return;
    }
    const known = call ?? { id: '', name: '', pieces: [] };
    this.#calls.set(key, { ...known, id: readName(id) || known.id, name: readName(name) || known.name });
  }

  addArguments(key: string, piece: JsonValue | undefined): void {
    if (typeof piece !== 'string' || piece === '') return;
    const call = this.#calls.get(key);
    this.#argumentCharacters += piece.length;
    if (call === undefined || this.#argumentCharacters > mostAllArguments) this.misunderstand();
    else call.pieces.push(piece);
  }

  /** In the place of what came in pieces. */
  setCall(key: string, id: JsonValue | undefined, name: JsonValue | undefined, given: string): void {
    const before = this.#calls.get(key)?.pieces.reduce((sum, piece) => sum + piece.length, 0) ?? 0;
    this.#argumentCharacters -= before;
    this.#calls.delete(key);
    this.openCall(key, id, name);
    this.addArguments(key, given);
  }

  misunderstand(): void {
    this.#understood = false;
  }

  get hasCome(): boolean {
    return this.#id !== null || this.#texts.size > 0 || this.#calls.size > 0 || !this.#understood;
  }

  finish(): ModelAnswer {
    const toolCalls: ToldCall[] = [];
    for (const { id, name, pieces } of this.#calls.values()) {
      const given = pieces.join('');
      // Half of a call is none that was asked for.
      if (given.length > mostArguments || id === '' || name === '') this.misunderstand();
      else toolCalls.push({ id, name, argumentsDigest: digestArguments(given) });
    }
    return {
      id: this.#id,
      finish: this.#finish,
      usage: this.#usage,
      text: [...this.#texts.values()].map((pieces) => pieces.join('')).join('\n'),
      toolCalls,
      understood: this.#understood,
    };
  }
}

/** The same as it stands in the conversation from then on. */
export function listAnswerEntries({ text, toolCalls }: ModelAnswer): readonly ModelEntry[] {
  const calls = toolCalls.map((call) => sayEntry('assistant', '', { call }));
  return text === '' ? calls : [sayEntry('assistant', text), ...calls];
}

function readCount(value: JsonValue | undefined): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
