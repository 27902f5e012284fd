import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type FieldType, isMessageName, type MessageName, otlpFields } from './otlp-fields.ts';

/** What an exporter would send for an export written as OTLP/JSON; for tests. */
export function encodeProtobuf(given: object, name: MessageName): Uint8Array {
  const writer = new BinaryWriter();
  for (const { no, name: member, type, isList } of otlpFields[name]) {
    const value: unknown = Reflect.get(given, member);
    if (value === undefined) continue;
    for (const one of isList ? (value as readonly unknown[]) : [value]) writeField(writer, no, type, one);
  }
  return writer.finish();
}

function writeField(writer: BinaryWriter, no: number, type: FieldType, value: unknown): void {
  if (isMessageName(type))
    writer.tag(no, WireType.LengthDelimited).bytes(encodeProtobuf(value as object, type));
  else if (type === 'text') writer.tag(no, WireType.LengthDelimited).string(String(value));
  else if (type === 'id') writer.tag(no, WireType.LengthDelimited).bytes(Buffer.from(String(value), 'hex'));
  else if (type === 'bytes')
    writer.tag(no, WireType.LengthDelimited).bytes(Buffer.from(String(value), 'base64'));
  else if (type === 'nanos') writer.tag(no, WireType.Bit64).fixed64(String(value));
  else if (type === 'double') writer.tag(no, WireType.Bit64).double(Number(value));
  else if (type === 'bool') writer.tag(no, WireType.Varint).bool(value === true);
  else if (type === 'enum') writer.tag(no, WireType.Varint).int32(Number(value));
  else writer.tag(no, WireType.Varint).int64(String(value));
}
