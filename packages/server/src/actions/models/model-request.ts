import {
  canonicalJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseStrictJson,
} from '@countersign/core';
import { sha256 } from '../../platform/sha256.ts';

/** A call of a tool, as a model asked for it. */
export interface ToldCall {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the canonical arguments (RFC 8785), or of their text where that is no JSON. */
  readonly argumentsDigest: string;
}

/** One thing that stands in a conversation: a text, a call of a tool, or the answer to one. */
export interface ModelEntry {
  readonly role: 'user' | 'assistant' | 'tool';
  readonly text: string;
  /** Digests of what is no text. */
  readonly other: readonly string[];
  readonly call?: ToldCall;
  /** The call that it answers. */
  readonly answers?: string;
}

/** What a provider's API was asked, whichever it is. All of it is the agent's claim. */
export interface ModelRequest {
  readonly asked: string;
  readonly system: string | null;
  readonly entries: readonly ModelEntry[];
  /** Names of the tools that the model may ask for. */
  readonly tools: readonly string[];
  /** What the provider would do itself, beside answering. */
  readonly hosted: readonly string[];
  /** What names content that lies at the provider and is not seen here. */
  readonly unseen: readonly string[];
  /** Members of the body that are told by the above; what no reader has understood is recorded as it stands. */
  readonly consumed: readonly string[];
}

export const longestId = 256;
/** In the place of a credential in what is recorded. */
export const leftOut = '[left out: a secret]';
const argumentLimits = { depth: 64, keys: 20_000 };

export function digestEntry({ role, text, other, call, answers }: ModelEntry): string {
  const said = { role, text, other, call: call === undefined ? null : { ...call }, answers: answers ?? null };
  return sha256(canonicalJson(said));
}

/** Hostile: a model wrote it. */
export function digestArguments(text: string): string {
  const parsed = parseStrictJson(text === '' ? '{}' : text, argumentLimits);
  return sha256(parsed.ok ? canonicalJson(parsed.value) : text.toWellFormed());
}

export function digestValue(value: JsonValue): string {
  return sha256(canonicalJson(value));
}

export function readText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function isGiven(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== false;
}

/** Ids and names, which have no reason to be long. */
export function readName(value: JsonValue | undefined): string {
  return readText(value).slice(0, longestId).toWellFormed();
}

export function listObjects(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((one): one is JsonObject => isJsonObject(one)) : [];
}

export function makeCall(
  id: JsonValue | undefined,
  name: JsonValue | undefined,
  argumentsText: string,
): ToldCall {
  return { id: readName(id), name: readName(name), argumentsDigest: digestArguments(argumentsText) };
}

export function sayEntry(
  role: ModelEntry['role'],
  text: string,
  more: Partial<Pick<ModelEntry, 'other' | 'call' | 'answers'>> = {},
): ModelEntry {
  return { role, text, other: [], ...more };
}
