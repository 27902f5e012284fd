import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { toAppError } from '@countersign/api';
import {
  createDecoding,
  type Decoding,
  readInteger,
  readNanos,
  readTelemetryId,
  refuseExport,
} from './decoding.ts';
import { type Field, type FieldType, isMessageName, type MessageName, otlpFields } from './otlp-fields.ts';

type Made = Record<string, unknown>;

const deepestSkipped = 16;
const longestBytes = 1_024;

const fieldsOf = new Map<MessageName, ReadonlyMap<number, Field>>(
  Object.entries(otlpFields).map(([name, fields]) => [
    name as MessageName,
    new Map(fields.map((field) => [field.no, field])),
  ]),
);

/**
 * Reads a message of opentelemetry-proto out of hostile bytes. Fields that are not read here are skipped, also those of a
 * wrong wire type. Throws `task.telemetry_invalid`, `action.too_large`.
 */
export function decodeProtobuf(bytes: Uint8Array, name: MessageName): object {
  const reader = new BinaryReader(bytes);
  try {
    return readMessage({ reader, decoding: createDecoding() }, name, bytes.length, 0);
  } catch (thrown) {
    const error = toAppError(thrown);
    // The reader throws its own for bytes that end too early or mean nothing.
    throw error.code === 'server.internal' ? refuseExport('protobuf') : error;
  }
}

interface Reading {
  readonly reader: BinaryReader;
  readonly decoding: Decoding;
}

function readMessage(reading: Reading, name: MessageName, end: number, depth: number): Made {
  const { reader, decoding } = reading;
  decoding.enter(depth);
  const fields = fieldsOf.get(name);
  const made: Made = {};
  while (reader.pos < end) {
    const [no, wire] = reader.tag();
    const field = fields?.get(no);
    if (field === undefined || wire !== wireOf(field.type)) reader.skip(wire, no, deepestSkipped);
    else put(made, name, field, readField(reading, field.type, end, depth));
  }
  if (reader.pos !== end) throw refuseExport('protobuf');
  return made;
}

function put(made: Made, message: MessageName, { name, isList }: Field, value: unknown): void {
  // A oneof: the last one counts.
  if (message === 'AnyValue') for (const key of Object.keys(made)) delete made[key];
  if (!isList) made[name] = value;
  else if (Array.isArray(made[name])) made[name].push(value);
  else made[name] = [value];
}

function wireOf(type: FieldType): WireType {
  if (type === 'nanos' || type === 'double') return WireType.Bit64;
  if (type === 'bool' || type === 'enum' || type === 'int64') return WireType.Varint;
  return WireType.LengthDelimited;
}

function readField(reading: Reading, type: FieldType, end: number, depth: number): unknown {
  const { reader } = reading;
  if (isMessageName(type)) {
    const length = reader.uint32();
    const inner = reader.pos + length;
    if (inner > end) throw refuseExport('protobuf');
    return readMessage(reading, type, inner, depth + 1);
  }
  switch (type) {
    case 'bool':
      return reader.bool();
    case 'bytes':
      return Buffer.from(reader.bytes().subarray(0, longestBytes)).toString('base64');
    case 'double':
      return reader.double();
    case 'enum':
      return reader.int32();
    case 'id':
      return readTelemetryId(Buffer.from(reader.bytes().subarray(0, 17)).toString('hex'));
    case 'int64':
      return readInteger(BigInt(reader.int64()));
    case 'nanos':
      return readNanos(BigInt(reader.fixed64()));
    case 'text':
      return reader.string();
  }
}
