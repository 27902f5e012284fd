import { isJsonObject, type JsonObject, type JsonValue } from '../../actions/json-value.ts';
import type { Trust } from '../../tasks/labels.ts';
import { compileFields } from './compile-fields.ts';
import { EchoFinder } from './find-echo.ts';
import type { ResultLabels } from './result-labels.ts';
import { type SplitRules, splitValue } from './split-value.ts';
import { readText } from './text/read-text.ts';

/** A piece of a result whose every value is of one trust. */
export interface LabelledPart {
  readonly value: JsonValue;
  readonly trust: Trust;
}

/**
 * What of a tool's result may be believed. `result` is what an MCP tool returned (`content`, `structuredContent`), or
 * any other value, such as the body of an HTTP answer; all of it is hostile. A text is read as JSON, YAML or what
 * Python prints; one of which nothing is known takes the tool's own trust, unless some field of it would not be trusted. An error is untrusted.
 * `given` are the arguments of the call: what only repeats them, whole or in part, is untrusted; of one that only reads
 * (`isRead`), whole ones and addresses.
 */
export function splitResult(
  result: JsonValue,
  labels: ResultLabels,
  given?: JsonValue,
  isRead = false,
): readonly LabelledPart[] {
  const split: Splitting = { labels, echo: given === undefined ? undefined : new EchoFinder(given, isRead) };
  if (!isJsonObject(result) || !Array.isArray(result.content)) return splitPiece(result, split);
  if (result.isError === true) return [{ value: result, trust: 'untrusted' }];
  const { content, structuredContent, ...rest } = result;
  return [
    ...content.flatMap((block) => splitBlock(block, split)),
    ...(structuredContent === undefined ? [] : splitPiece(structuredContent, split)),
    ...(Object.keys(rest).length === 0 ? [] : [{ value: rest, trust: 'untrusted' } as const]),
  ];
}

interface Splitting {
  readonly labels: ResultLabels;
  readonly echo: EchoFinder | undefined;
}

function splitBlock(block: JsonValue, split: Splitting): readonly LabelledPart[] {
  if (!isJsonObject(block)) return splitPiece(block, split);
  const text = findText(block);
  if (text === undefined) return [{ value: block, trust: wholeTrust(split.labels) }];
  const rest = listRest(block);
  return rest === undefined
    ? splitPiece(text, split)
    : [...splitPiece(text, split), { value: rest, trust: 'untrusted' }];
}

/** What a block says beside its text, such as where it is from: a model reads that too. */
function listRest({ type: _type, text: _text, resource, ...rest }: JsonObject): JsonValue | undefined {
  if (isJsonObject(resource)) {
    const { text: _inner, ...about } = resource;
    if (Object.keys(about).length > 0) return { ...rest, resource: about };
  }
  return Object.keys(rest).length === 0 ? undefined : rest;
}

function findText(block: JsonObject): string | undefined {
  if (block.type === 'text' && typeof block.text === 'string') return block.text;
  if (block.type !== 'resource' || !isJsonObject(block.resource)) return undefined;
  return typeof block.resource.text === 'string' ? block.resource.text : undefined;
}

function splitPiece(value: JsonValue, { labels, echo }: Splitting): readonly LabelledPart[] {
  const isWhole = labels.fields.length === 0;
  const isBare = echo === undefined && typeof value === 'string' && labels.serialised !== true;
  if (isWhole && (labels.trust === 'untrusted' || isBare)) return [{ value, trust: labels.trust }];
  if (typeof value !== 'string') return listParts(value, labels, { isOrdered: false, echo });
  const read = readText(value, labels.serialised === true);
  if (read !== undefined) return listParts(read.value, labels, { isOrdered: read.isLoose, echo });
  const trust = wholeTrust(labels);
  return [{ value, trust: echo?.isEcho(value) === true ? 'untrusted' : trust }];
}

function listParts(value: JsonValue, labels: ResultLabels, rules: SplitRules): readonly LabelledPart[] {
  const { trusted, untrusted } = splitValue(value, labels, rules);
  return [
    ...(trusted === undefined ? [] : [{ value: trusted, trust: 'trusted' } as const]),
    ...(untrusted === undefined ? [] : [{ value: untrusted, trust: 'untrusted' } as const]),
  ];
}

/** Of what cannot be split: it may be the very field that is not trusted. */
function wholeTrust(labels: ResultLabels): Trust {
  return labels.trust === 'trusted' && !compileFields(labels).hasUntrusted ? 'trusted' : 'untrusted';
}
