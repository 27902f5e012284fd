import type { LedgerRecord } from '@countersign/api';
import {
  canonicalJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  replaceSecrets,
} from '@countersign/core';
import { sha256 } from '../../platform/sha256.ts';
import type { LeasedTask } from '../../tasks/index.ts';
import {
  digestEntry,
  digestValue,
  leftOut,
  listObjects,
  type ModelEntry,
  type ModelRequest,
  readText,
} from './model-request.ts';
import type { ModelCall } from './read-model-call.ts';

const longestText = 32_768;
const mostText = 131_072;
const mostMessages = 512;
const longestMember = 2_048;
const mostOthers = 64;

/**
 * What was asked of a model, without what was recorded in this task before: that is only named. What has no room here stands
 * as its digest, so that nothing a model was told can be denied.
 */
export function describeModelIntent(
  { provider, request, inputDigest, toolsDigest }: ModelCall,
  { models }: LeasedTask,
): JsonObject {
  let room = mostText;
  const messages = request.entries.slice(-mostMessages).map((entry): JsonObject => {
    const digest = digestEntry(entry);
    const { role, call, answers } = entry;
    const named = {
      ...(call === undefined ? {} : { call: { ...call } }),
      digest,
      ...(answers === undefined ? {} : { toolCall: answers }),
      role,
    };
    const before = models.findMessage(digest);
    if (before !== undefined) return { ...named, in: before };
    const kept = keepText(entry.text, Math.min(longestText, room));
    room -= kept.text.length;
    return { ...named, ...(call === undefined ? kept : {}), ...describeOther(entry) };
  });
  return {
    asked: request.asked,
    ...describeEarlier(request.entries.slice(0, -mostMessages)),
    ...(request.hosted.length === 0 ? {} : { hosted: [...request.hosted] }),
    ...(inputDigest === null ? {} : { inputDigest }),
    messages,
    provider,
    systemDigest: digestSystem(request),
    ...describeSystem(request, models),
    tools: request.tools.slice(0, mostMessages),
    ...(toolsDigest === null ? {} : { toolsDigest }),
    ...(request.unseen.length === 0 ? {} : { unseen: [...request.unseen] }),
  };
}

export function digestSystem({ system }: ModelRequest): string | null {
  return system === null ? null : sha256(system);
}

function describeEarlier(earlier: readonly ModelEntry[]): JsonObject {
  if (earlier.length === 0) return {};
  return { earlier: earlier.length, earlierDigest: digestValue(earlier.map(digestEntry)) };
}

function describeSystem({ system }: ModelRequest, models: LeasedTask['models']): JsonObject {
  if (system === null) return {};
  const before = models.findMessage(keySystem(sha256(system)));
  return { system: before === undefined ? keepText(system, longestText) : { in: before } };
}

/** Nobody needs the credentials in it; they go first, so that none is cut in two. `characters`: of what was cut. */
function keepText(whole: string, most: number): { readonly text: string; readonly characters?: number } {
  const masked = replaceSecrets(whole, leftOut);
  const text = masked.slice(0, most).toWellFormed();
  return masked.length > most ? { text, characters: whole.length } : { text };
}

function describeOther({ other }: ModelEntry): JsonObject {
  if (other.length === 0) return {};
  return {
    other: other.slice(0, mostOthers),
    ...(other.length > mostOthers ? { otherParts: other.length } : {}),
  };
}

/** The arguments without what is told beside them, so that no text is kept twice; what is long stands as its digest. */
export function describeArguments(given: JsonObject, { request }: ModelCall): JsonObject {
  if (!isJsonObject(given.body)) return given;
  const body = Object.entries(given.body).flatMap(([name, value]): [string, JsonValue][] => {
    if (request.consumed.includes(name)) return [];
    const text = canonicalJson(value);
    if (text.length > longestMember) return [[name, { characters: text.length, digest: digestValue(value) }]];
    return [[name, maskStrings(value)]];
  });
  return { ...given, body: Object.fromEntries(body) };
}

function maskStrings(value: JsonValue): JsonValue {
  if (typeof value === 'string') return replaceSecrets(value, leftOut);
  if (typeof value !== 'object' || value === null) return value;
  if (!isJsonObject(value)) return (value as readonly JsonValue[]).map(maskStrings);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, maskStrings(one)]));
}

/**
 * Once it is durable: later calls name the record that has a text. One of which it has a part alone is recorded again, or else
 * it would be in no record at all.
 */
export function noteSaid({ models }: LeasedTask, { id, body }: Pick<LedgerRecord, 'id' | 'body'>): void {
  const model = body?.model;
  if (!isJsonObject(model)) return;
  for (const message of listObjects(model.messages))
    if (isWhole(message)) models.noteMessage(readText(message.digest), id);
  if (isJsonObject(model.system) && isWhole(model.system))
    models.noteMessage(keySystem(readText(model.systemDigest)), id);
}

function isWhole({ in: before, characters, otherParts }: JsonObject): boolean {
  return before === undefined && characters === undefined && otherParts === undefined;
}

function keySystem(digest: string): string {
  return `system ${digest}`;
}

/** How those calls ended whose answers a model is shown. */
export function listShownResults({ request }: ModelCall, { models }: LeasedTask): readonly string[] {
  const known = request.entries.flatMap(({ answers }) =>
    answers === undefined ? [] : (models.resultOf(answers) ?? []),
  );
  return [...new Set(known)].slice(-mostCauses);
}

const mostCauses = 64;
