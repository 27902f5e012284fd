import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { sha256 } from '../../platform/sha256.ts';
import type { LeasedTask } from '../../tasks/index.ts';
import { digestEntry, digestValue, type ModelEntry, type ModelRequest } from './model-request.ts';
import type { ModelCall } from './read-model-call.ts';

const longestText = 32_768;
const mostText = 131_072;
const mostMessages = 512;
const longestMember = 2_048;
/** What is told of a request by its messages, its system prompt and the names of its tools. */
const told: ReadonlySet<string> = new Set([
  'functions',
  'input',
  'instructions',
  'messages',
  'system',
  'tools',
]);

/** What was asked of a model, without what was recorded in this task before: that is only named. */
export function describeModelIntent({ provider, request }: ModelCall, { models }: LeasedTask): JsonObject {
  let room = mostText;
  const left = request.entries.length - mostMessages;
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
    const text = entry.text.slice(0, Math.min(longestText, room)).toWellFormed();
    room -= text.length;
    return { ...named, ...describeText(entry, text) };
  });
  return {
    asked: request.asked,
    ...(left > 0 ? { earlier: left } : {}),
    ...(request.hosted.length === 0 ? {} : { hosted: [...request.hosted] }),
    messages,
    provider,
    systemDigest: digestSystem(request),
    ...describeSystem(request, models),
    tools: request.tools.slice(0, mostMessages),
    ...(request.unseen.length === 0 ? {} : { unseen: [...request.unseen] }),
  };
}

export function digestSystem({ system }: ModelRequest): string | null {
  return system === null ? null : sha256(system);
}

function describeSystem({ system }: ModelRequest, models: LeasedTask['models']): JsonObject {
  if (system === null) return {};
  const before = models.findMessage(`system ${sha256(system)}`);
  return { system: before === undefined ? { text: cut(system) } : { in: before } };
}

function cut(text: string): string {
  return text.slice(0, longestText).toWellFormed();
}

function describeText({ text: whole, other, call }: ModelEntry, text: string): JsonObject {
  return {
    ...(text.length < whole.length ? { characters: whole.length } : {}),
    ...(other.length === 0 ? {} : { other: other.slice(0, 64) }),
    ...(call === undefined ? { text } : {}),
  };
}

/** The arguments without what is told beside them, so that no text is kept twice; what is long stands as its digest. */
export function describeArguments(given: JsonObject): JsonObject {
  if (!isJsonObject(given.body)) return given;
  const body = Object.entries(given.body).flatMap(([name, value]): [string, JsonValue][] => {
    if (told.has(name)) return [];
    const text = canonicalJson(value);
    return [
      [name, text.length <= longestMember ? value : { characters: text.length, digest: digestValue(value) }],
    ];
  });
  return { ...given, body: Object.fromEntries(body) };
}

/** Once it is durable: later calls name the record that has it. */
export function noteSaid({ request }: ModelCall, { models }: LeasedTask, record: string): void {
  for (const entry of request.entries.slice(-mostMessages)) models.noteMessage(digestEntry(entry), record);
  if (request.system !== null) models.noteMessage(`system ${sha256(request.system)}`, record);
}

/** How those calls ended whose answers a model is shown. */
export function listShownResults({ request }: ModelCall, { models }: LeasedTask): readonly string[] {
  const known = request.entries.flatMap(({ answers }) =>
    answers === undefined ? [] : (models.resultOf(answers) ?? []),
  );
  return [...new Set(known)].slice(-mostCauses);
}

const mostCauses = 64;
