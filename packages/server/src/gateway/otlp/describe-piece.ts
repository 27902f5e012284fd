import type { JsonObject, JsonValue } from '@countersign/core';
import { sha256 } from '../../platform/sha256.ts';
import { findText } from './conventions/find-operation.ts';
import { aiSdk, genAi, keptAttributes, type Operation, openInference } from './conventions/names.ts';
import { readDocuments, type ToldDocument } from './messages/read-documents.ts';
import { readMessages } from './messages/read-messages.ts';
import { readCallId, type ToldCall, type ToldMessage } from './messages/told-message.ts';
import type { RedactTold } from './redact-told.ts';
import type { Attributes, ToldPiece } from './told-piece.ts';

const longestText = 8_192;
/** Of all texts of one record. */
const mostText = 49_152;
const mostItems = 64;
const longestAttribute = 512;
const mostCalls = 32;
/** A name for a shorter text would take more room than the text. */
const shortestNamed = 64;

/** Where a text was recorded before, in the same task or trace; undefined when it was not. */
export type FindTold = (digest: string) => string | undefined;

export interface DescribedPiece {
  readonly body: JsonObject;
  /** The call it is about: of a tool it ran, or the first of those that a model asks for. */
  readonly toolCall: string | undefined;
  /** Digests of the texts that stand here in full. */
  readonly texts: readonly string[];
}

/** What a record says of a piece: bounded, without credentials; a text that stands elsewhere is named, not repeated. */
export function describePiece(
  piece: ToldPiece,
  operation: Operation,
  { redact, find }: { readonly redact: RedactTold; readonly find: FindTold },
): DescribedPiece {
  const texts = new Texts(redact, find);
  const all = readMessages(piece, operation);
  const found = readDocuments(piece);
  const documents = found.slice(0, mostItems).map((document) => describeDocument(document, texts, redact));
  const messages = chooseMessages(all).map((message) => describeMessage(message, texts, redact));
  const leftOut = all.length - messages.length + found.length - documents.length;
  return {
    body: {
      attributes: keepAttributes(piece.attributes, redact),
      ...(documents.length === 0 ? {} : { documents }),
      end: piece.end,
      ...(leftOut === 0 ? {} : { leftOut }),
      ...(messages.length === 0 ? {} : { messages }),
      name: redact(piece.name),
      operation,
      parentSpan: piece.parentSpan,
      ...(piece.scope === '' ? {} : { scope: redact(piece.scope) }),
      signal: piece.signal,
      span: piece.span,
      start: piece.start,
      status: piece.status,
    },
    toolCall: redactCall(findCall(piece.attributes, all), redact),
    texts: texts.kept,
  };
}

/** The first, which instructs the model, and the newest: what it answered is never left out. */
function chooseMessages(all: readonly ToldMessage[]): readonly ToldMessage[] {
  return all.length <= mostItems ? all : [...all.slice(0, 1), ...all.slice(1 - mostItems)];
}

class Texts {
  readonly kept: string[] = [];
  readonly #redact: RedactTold;
  readonly #find: FindTold;
  #left = mostText;

  constructor(redact: RedactTold, find: FindTold) {
    this.#redact = redact;
    this.#find = find;
  }

  describe(given: string): JsonObject {
    const text = this.#redact(given.toWellFormed());
    const digest = sha256(text);
    const before = text.length < shortestNamed ? undefined : this.#find(digest);
    if (before !== undefined) return { digest, in: before };
    const shown = text.slice(0, Math.min(longestText, this.#left)).toWellFormed();
    this.#left -= shown.length;
    if (shown.length === text.length) {
      this.kept.push(digest);
      return { digest, text };
    }
    return { characters: text.length, digest, ...(shown === '' ? {} : { text: shown }) };
  }
}

function describeMessage(
  { role, side, text, toolCall, toolCalls }: ToldMessage,
  texts: Texts,
  redact: RedactTold,
): JsonObject {
  return {
    role: redact(role.toWellFormed()),
    side,
    ...texts.describe(text),
    ...(toolCall === undefined ? {} : { toolCall: redact(toolCall) }),
    ...(toolCalls === undefined
      ? {}
      : { toolCalls: toolCalls.slice(0, mostCalls).map((call) => describeCall(call, redact)) }),
  };
}

function describeCall({ argumentsDigest, id, name }: ToldCall, redact: RedactTold): JsonObject {
  return { argumentsDigest, id: id === null ? null : redact(id), name: redact(name.toWellFormed()) };
}

/** What was redacted is the name of nothing: calls must not be joined by it. */
function redactCall(call: string | undefined, redact: RedactTold): string | undefined {
  return call === undefined || redact(call) !== call ? undefined : call;
}

function describeDocument({ id, text }: ToldDocument, texts: Texts, redact: RedactTold): JsonObject {
  const named = redact(id.toWellFormed());
  return text === undefined ? { id: named } : { id: named, ...texts.describe(text) };
}

function keepAttributes(attributes: Attributes, redact: RedactTold): JsonObject {
  const kept: [string, JsonValue][] = [];
  for (const name of keptAttributes) {
    const value = attributes.get(name);
    if (value === undefined) continue;
    if (typeof value === 'number' || typeof value === 'boolean') kept.push([name, value]);
    else
      kept.push([
        name,
        redact(typeof value === 'string' ? value : JSON.stringify(value))
          .slice(0, longestAttribute)
          .toWellFormed(),
      ]);
  }
  return Object.fromEntries(kept);
}

function findCall(attributes: Attributes, messages: readonly ToldMessage[]): string | undefined {
  const named = readCallId(
    findText(attributes, genAi.toolCallId, aiSdk.toolCallId, openInference.toolCallId),
  );
  if (named !== undefined) return named;
  const asked = messages.filter(({ side }) => side === 'output').flatMap(({ toolCalls = [] }) => toolCalls);
  return asked.find(({ id }) => id !== null)?.id ?? undefined;
}
