import { AppError } from '@countersign/api';
import {
  addMet,
  changesResult,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MetObligations,
  meetInJson,
  NOTHING_MET,
  type Obligations,
  shapesResult,
} from '@countersign/core';
import type { Operation } from '../policies/index.ts';
import { meetInBlocks, meetInContents, meetInMessages } from './meet-in-content.ts';
import { addNotices } from './write-notices.ts';

export interface MetResponse {
  /** The very same when nothing had to change. */
  readonly response: JsonObject;
  /** The same without what this house says beside it: what the upstream brings. */
  readonly data: JsonObject;
  readonly met: MetObligations;
}

/** What these carry is no data of the upstream's: there is nothing to redact, cut or remark on. */
const idle: ReadonlySet<Operation> = new Set(['discover', 'notify', 'subscribe']);

/**
 * Refuses, before anything goes out, what no reply could meet: a completion is a guess at a value, in no shape that a
 * pointer could name. Throws `action.obligation_unmet`.
 */
export function requireMeetable(operation: Operation, owed: Obligations): void {
  if (operation === 'complete' && shapesResult(owed)) throw new AppError('action.obligation_unmet');
}

/**
 * A reply as the policies that allowed the call let it pass. What cannot be redacted with certainty is withheld. Throws
 * `action.obligation_unmet` for a question of the upstream's, which it may have put anything into.
 */
export function meetInResponse(operation: Operation, response: JsonObject, owed: Obligations): MetResponse {
  const asItCame = { response, data: response, met: NOTHING_MET };
  if (!changesResult(owed) || idle.has(operation)) return asItCame;
  if (isJsonObject(response.error)) return meetInError(response, owed);
  if (!isJsonObject(response.result)) return asItCame;
  const { value, met } = meetInResult(response.result, owed);
  const notices = [...owed.notices, ...describeCuts(owed, met)];
  const seen = addNotices({ ...response, result: addBlocks(value, notices) }, notices);
  return { response: seen, data: { ...response, result: value }, met };
}

/** The most rows and bytes that policy lets a reply have; null where it has no word on it. */
export function findCaps(
  operation: Operation,
  { capRows, capBytes }: Obligations,
): { readonly rows: number | null; readonly bytes: number | null } {
  return idle.has(operation) ? { rows: null, bytes: null } : { rows: capRows, bytes: capBytes };
}

interface MetResult {
  readonly value: JsonObject;
  readonly met: MetObligations;
}

/** Members that say nothing of what was asked for. */
const plain: ReadonlySet<string> = new Set([
  ...['resultType', 'isError', 'ttlMs', 'cacheScope', 'requestState', 'taskId', 'status', 'createdAt'],
  ...['lastUpdatedAt', 'ttl', 'pollInterval', 'pollIntervalMs'],
]);

function meetInResult(result: JsonObject, owed: Obligations): MetResult {
  const mustRedact = owed.redact.length > 0;
  const asks = isJsonObject(result.inputRequests) && Object.keys(result.inputRequests).length > 0;
  if (mustRedact && asks) throw new AppError('action.obligation_unmet');
  let met = NOTHING_MET;
  const members: [string, JsonValue][] = [];
  const keep = (
    name: string,
    part: { readonly value: JsonValue | undefined; readonly met: MetObligations },
  ) => {
    met = addMet(met, part.met);
    if (part.value !== undefined) members.push([name, part.value]);
  };
  for (const [name, value] of Object.entries(result)) {
    if (plain.has(name)) members.push([name, value]);
    else if (name === 'structuredContent') keep(name, meetInJson(value, owed));
    else if (name === 'content') keep(name, meetInBlocks(value, owed));
    else if (name === 'contents') keep(name, meetInContents(value, owed));
    else if (name === 'messages') keep(name, meetInMessages(value, owed));
    else if (name === '_meta' && isJsonObject(value))
      members.push([name, mustRedact ? keepOurs(value) : value]);
    // What a task came to, when it has; an error of its own may say anything.
    else if ((name === 'result' || name === 'task') && isJsonObject(value))
      keep(name, meetInResult(value, owed));
    else if (!mustRedact) members.push([name, value]);
  }
  const isCutOff =
    result.structuredContent !== undefined && !members.some(([name]) => name === 'structuredContent');
  // A client that was promised a structure would take its absence for a broken tool.
  if (isCutOff) members.push(['isError', true]);
  return { value: Object.fromEntries(members), met };
}

function meetInError(response: JsonObject, owed: Obligations): MetResponse {
  if (owed.redact.length === 0 || !isJsonObject(response.error))
    return { response, data: response, met: NOTHING_MET };
  const error = { code: response.error.code ?? -32_603, message: withheldText };
  const seen = { ...response, error };
  return { response: seen, data: seen, met: { ...NOTHING_MET, withheld: 1 } };
}

export const withheldText =
  '[withheld: policy lets only part of this through, and which part is not certain]';

function keepOurs(meta: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(meta).filter(([key]) => key.startsWith('io.modelcontextprotocol/')),
  );
}

/** What was cut is said where the model reads it, and so is what policy has to say; of a task, where its result is. */
function addBlocks(result: JsonObject, notices: readonly string[]): JsonObject {
  if (notices.length === 0) return result;
  if (isJsonObject(result.result)) return { ...result, result: addBlocks(result.result, notices) };
  if (!Array.isArray(result.content)) return result;
  const blocks = notices.map((text) => ({ type: 'text', text: `[Countersign] ${text}` }));
  return { ...result, content: [...(result.content as readonly JsonValue[]), ...blocks] };
}

function describeCuts({ capRows, capBytes }: Obligations, met: MetObligations): readonly string[] {
  return [
    met.rowsCut > 0 && `Policy lets at most ${capRows ?? 0} rows through: ${met.rowsCut} were cut off.`,
    met.bytesCut > 0 && `Policy lets at most ${capBytes ?? 0} bytes through: ${met.bytesCut} were cut off.`,
    met.redacted > 0 && `Policy redacted ${met.redacted} ${met.redacted === 1 ? 'value' : 'values'}.`,
    met.withheld > 0 &&
      `Policy withheld ${met.withheld} ${met.withheld === 1 ? 'part' : 'parts'} of the result.`,
  ].filter((text) => text !== false);
}
