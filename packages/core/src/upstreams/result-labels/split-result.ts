import { isJsonObject, type JsonObject, type JsonValue } from '../../actions/json-value.ts';
import { parseStrictJson } from '../../actions/strict-json.ts';
import type { Trust } from '../../tasks/labels.ts';
import { compileFields } from './compile-fields.ts';
import type { ResultLabels } from './result-labels.ts';
import { splitValue } from './split-value.ts';

/** A piece of a result whose every value is of one trust. */
export interface LabelledPart {
  readonly value: JsonValue;
  readonly trust: Trust;
}

const TEXT_LIMITS = { bytes: 1_048_576, depth: 64, keys: 20_000 } as const;
const STRUCTURED = /^\s*[[{]/;

/**
 * What of a tool's result may be believed. `result` is what an MCP tool returned (`content`, `structuredContent`), or
 * any other value, such as the body of an HTTP answer; all of it is hostile. A text is read as JSON; one of which
 * nothing is known takes the tool's own trust, unless some field of it would not be trusted. An error is untrusted.
 */
export function splitResult(result: JsonValue, labels: ResultLabels): readonly LabelledPart[] {
  if (!isJsonObject(result) || !Array.isArray(result.content)) return splitPiece(result, labels);
  if (result.isError === true) return [{ value: result, trust: 'untrusted' }];
  const { content, structuredContent, ...rest } = result;
  return [
    ...content.flatMap((block) => splitBlock(block, labels)),
    ...(structuredContent === undefined ? [] : splitPiece(structuredContent, labels)),
    ...(Object.keys(rest).length === 0 ? [] : [{ value: rest, trust: 'untrusted' } as const]),
  ];
}

function splitBlock(block: JsonValue, labels: ResultLabels): readonly LabelledPart[] {
  if (!isJsonObject(block)) return splitPiece(block, labels);
  const text = readText(block);
  if (text !== undefined) return splitPiece(text, labels);
  return [{ value: block, trust: wholeTrust(labels) }];
}

function readText(block: JsonObject): string | undefined {
  if (block.type === 'text' && typeof block.text === 'string') return block.text;
  if (block.type !== 'resource' || !isJsonObject(block.resource)) return undefined;
  return typeof block.resource.text === 'string' ? block.resource.text : undefined;
}

function splitPiece(value: JsonValue, labels: ResultLabels): readonly LabelledPart[] {
  if (labels.fields.length === 0) return [{ value, trust: labels.trust }];
  if (typeof value !== 'string') return listParts(value, labels, false);
  if (STRUCTURED.test(value)) {
    const parsed = parseStrictJson(value, TEXT_LIMITS);
    if (parsed.ok) return listParts(parsed.value, labels, false);
  }
  return [{ value, trust: wholeTrust(labels) }];
}

function listParts(value: JsonValue, labels: ResultLabels, isOrdered: boolean): readonly LabelledPart[] {
  const { trusted, untrusted } = splitValue(value, labels, { isOrdered });
  return [
    ...(trusted === undefined ? [] : [{ value: trusted, trust: 'trusted' } as const]),
    ...(untrusted === undefined ? [] : [{ value: untrusted, trust: 'untrusted' } as const]),
  ];
}

/** Of what cannot be split: it may be the very field that is not trusted. */
function wholeTrust(labels: ResultLabels): Trust {
  return labels.trust === 'trusted' && !compileFields(labels).hasUntrusted ? 'trusted' : 'untrusted';
}
