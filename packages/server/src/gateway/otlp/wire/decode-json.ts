import { isUtf8 } from 'node:buffer';
import {
  createDecoding,
  type Decoding,
  readInteger,
  readNanos,
  readTelemetryId,
  refuseExport,
} from './decoding.ts';
import { type FieldType, isMessageName, type MessageName, otlpFields } from './otlp-fields.ts';

const longestBytes = 1_368;

/**
 * Reads a message in OTLP/JSON: ids in hexadecimal, enums as numbers, 64-bit integers as text or number (OTLP 1.x, JSON
 * Protobuf Encoding). Members that are not read here are ignored. Throws `task.telemetry_invalid`, `action.too_large`.
 */
export function decodeJson(bytes: Uint8Array, name: MessageName): object {
  if (!isUtf8(bytes)) throw refuseExport('not UTF-8');
  return readMessage(parse(bytes), name, createDecoding(), 0);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    throw refuseExport('JSON');
  }
}

function readMessage(given: unknown, name: MessageName, decoding: Decoding, depth: number): object {
  decoding.enter(depth);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw refuseExport(name);
  const made: Record<string, unknown> = {};
  for (const field of otlpFields[name]) {
    // Names come from the table: no member of a prototype is taken for one.
    const value: unknown = Object.hasOwn(given, field.name) ? Reflect.get(given, field.name) : null;
    if (value === null) continue;
    if (!field.isList) made[field.name] = readField(value, field.type, decoding, depth);
    else if (Array.isArray(value))
      made[field.name] = value.map((item: unknown) => readField(item, field.type, decoding, depth));
    else throw refuseExport(field.name);
  }
  return made;
}

function readField(value: unknown, type: FieldType, decoding: Decoding, depth: number): unknown {
  if (isMessageName(type)) return readMessage(value, type, decoding, depth + 1);
  switch (type) {
    case 'bool':
      if (typeof value === 'boolean') return value;
      break;
    case 'bytes':
      if (typeof value === 'string') return value.slice(0, longestBytes);
      break;
    case 'double':
      if (typeof value === 'number') return value;
      if (typeof value === 'string' && /^(?:NaN|-?Infinity)$/.test(value)) return Number(value);
      break;
    case 'enum':
      if (Number.isInteger(value)) return value;
      break;
    case 'id':
      if (typeof value === 'string') return readTelemetryId(value.slice(0, 33));
      break;
    case 'int64':
      return readInteger(readBigInt(value));
    case 'nanos':
      return readNanos(readBigInt(value));
    case 'text':
      if (typeof value === 'string') return value;
      break;
  }
  throw refuseExport(type);
}

function readBigInt(value: unknown): bigint {
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  throw refuseExport('a 64-bit integer');
}
