import {
  addMet,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MetObligations,
  meetInText,
  NOTHING_MET,
  type Obligations,
} from '@countersign/core';

export interface MetValue {
  readonly value: JsonValue;
  readonly met: MetObligations;
}

const withheldText = '[withheld by policy]';
const withheldBlock = { type: 'text', text: withheldText };

/** Blocks of a tool's result: together as many bytes as may pass, and as many blocks as rows. */
export function meetInBlocks(value: JsonValue, owed: Obligations): MetValue {
  return meetInList(value, owed, meetInBlock);
}

/** Contents of a resource. */
export function meetInContents(value: JsonValue, owed: Obligations): MetValue {
  return meetInList(value, owed, meetInResource);
}

/** Messages of a prompt: each holds one block. */
export function meetInMessages(value: JsonValue, owed: Obligations): MetValue {
  return meetInList(value, owed, (message, left) => {
    const { role = 'user', content } = message;
    if (!isJsonObject(content))
      return { value: { role, content: withheldBlock }, met: { ...NOTHING_MET, withheld: 1 } };
    const block = meetInBlock(content, left);
    return { value: { role, content: block.value }, met: block.met };
  });
}

type MeetPart = (part: JsonObject, left: Obligations) => MetValue;

function meetInList(value: JsonValue, owed: Obligations, meetPart: MeetPart): MetValue {
  if (!Array.isArray(value)) return { value: [], met: { ...NOTHING_MET, withheld: 1 } };
  const parts: readonly JsonValue[] = owed.capRows === null ? value : value.slice(0, owed.capRows);
  let met: MetObligations = { ...NOTHING_MET, rowsCut: value.length - parts.length };
  let bytesLeft = owed.capBytes;
  const kept: JsonValue[] = [];
  for (const part of parts) {
    if (!isJsonObject(part)) {
      met = addMet(met, { ...NOTHING_MET, withheld: 1 });
      continue;
    }
    const seen = meetPart(part, { ...owed, capBytes: bytesLeft });
    met = addMet(met, seen.met);
    if (bytesLeft !== null) bytesLeft = Math.max(0, bytesLeft - Buffer.byteLength(readPayload(seen.value)));
    kept.push(seen.value);
  }
  return { value: kept, met };
}

function meetInBlock(block: JsonObject, left: Obligations): MetValue {
  if (block.type === 'text' && typeof block.text === 'string') return meetInTextOf(block, block.text, left);
  if (block.type === 'resource' && isJsonObject(block.resource)) {
    const resource = meetInResource(block.resource, left);
    const holder = left.redact.length > 0 ? { type: 'resource' } : block;
    return { value: { ...holder, resource: resource.value }, met: resource.met };
  }
  return keepOrWithhold(block, left);
}

function meetInResource(resource: JsonObject, left: Obligations): MetValue {
  if (typeof resource.text === 'string') return meetInTextOf(resource, resource.text, left);
  return keepOrWithhold(resource, left);
}

/** A picture, a sound or a link: nobody can say what is in it, and none can be cut. */
function keepOrWithhold(block: JsonObject, left: Obligations): MetValue {
  const bytes = Buffer.byteLength(readPayload(block));
  const isTooLong = left.capBytes !== null && bytes > left.capBytes;
  if (left.redact.length === 0 && !isTooLong) return { value: block, met: NOTHING_MET };
  const { uri } = block;
  const notice =
    typeof uri === 'string' && block.type === undefined ? { uri, text: withheldText } : withheldBlock;
  return { value: notice, met: { ...NOTHING_MET, withheld: 1, bytesCut: isTooLong ? bytes : 0 } };
}

function meetInTextOf(holder: JsonObject, text: string, left: Obligations): MetValue {
  const { text: clean = withheldText, met } = meetInText(text, left);
  if (clean === text && left.redact.length === 0) return { value: holder, met };
  // Its annotations and `_meta` are the upstream's words, too.
  const { type, uri, mimeType } = holder;
  const kept = left.redact.length === 0 ? holder : pickDefined({ type, uri, mimeType });
  return { value: { ...kept, text: clean }, met };
}

function pickDefined(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** What of a part is data: its text or bytes, or everything where it has none. */
function readPayload(part: JsonValue): string {
  if (!isJsonObject(part)) return '';
  const { text, data, blob } = part;
  if (typeof text === 'string') return text;
  if (typeof data === 'string') return data;
  return typeof blob === 'string' ? blob : JSON.stringify(part);
}
