import {
  canonicalJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseStrictJson,
} from '@countersign/core';
import { sha256 } from '../../../platform/sha256.ts';

/** Something that was said to a model, by one, or between one and its tools. */
export interface ToldMessage {
  readonly role: string;
  readonly side: 'input' | 'output';
  readonly text: string;
  /** The calls of tools it asks for. */
  readonly toolCalls?: readonly ToldCall[];
  /** The call whose result it is. */
  readonly toolCall?: string;
}

export interface ToldCall {
  readonly id: string | null;
  readonly name: string;
  /** SHA-256 of the canonical JSON (RFC 8785), base64url. */
  readonly argumentsDigest: string;
}

const limits = { depth: 32, keys: 20_000 };

/** Conventions put JSON into text: what it means, or the text itself where it is none. */
export function readEmbedded(value: JsonValue): JsonValue {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  const parsed = parseStrictJson(value, limits);
  return parsed.ok ? parsed.value : value;
}

export function listEmbedded(value: JsonValue | undefined): readonly JsonObject[] {
  const read = readEmbedded(value ?? null);
  const items: readonly JsonValue[] = Array.isArray(read) ? read : [read];
  return items.filter(isJsonObject);
}

export function writeText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function readCall(
  id: JsonValue | undefined,
  name: JsonValue | undefined,
  given: JsonValue | undefined,
): ToldCall {
  return {
    id: readCallId(id) ?? null,
    name: writeText(name).slice(0, 256),
    argumentsDigest: digestArguments(given),
  };
}

/** The name of a call, as the gateway knows it too; undefined for what could not be one. */
export function readCallId(id: JsonValue | undefined): string | undefined {
  return typeof id === 'string' && /^[\x21-\x7e]{1,128}$/.test(id) ? id : undefined;
}

function digestArguments(given: JsonValue | undefined): string {
  const value = readEmbedded(given ?? null);
  try {
    return sha256(canonicalJson(value));
  } catch {
    return sha256(writeText(value));
  }
}
