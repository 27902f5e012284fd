import { writeText } from './write-value.ts';

// Object ids of the elements' types, as they stand in the binary form of an array.
const bytesType = 17;
const integerType = 20;
const textType = 25;
const headerBytes = 20;

/** PostgreSQL's binary form of `bigint[]`: no quoting, no escaping, one pass. */
export function writeIntegers(values: readonly number[]): Buffer {
  const array = startArray(integerType, values.length, values.length * 12);
  let offset = headerBytes;
  for (const value of values) {
    offset = array.writeInt32BE(8, offset);
    offset = array.writeBigInt64BE(BigInt(value), offset);
  }
  return array;
}

/** The same of `text[]`. */
export function writeTexts(values: readonly string[]): Buffer {
  const clean = values.map(writeText);
  const bytes = clean.reduce((sum, text) => sum + 4 + Buffer.byteLength(text), 0);
  const array = startArray(textType, clean.length, bytes);
  let offset = headerBytes;
  for (const text of clean) {
    const length = array.write(text, offset + 4);
    array.writeInt32BE(length, offset);
    offset += 4 + length;
  }
  return array;
}

/** The same of `bytea[]`. */
export function writeBytes(values: readonly Uint8Array[]): Buffer {
  const array = startArray(
    bytesType,
    values.length,
    values.reduce((sum, value) => sum + 4 + value.length, 0),
  );
  let offset = headerBytes;
  for (const value of values) {
    offset = array.writeInt32BE(value.length, offset);
    array.set(value, offset);
    offset += value.length;
  }
  return array;
}

/** Dimensions, no nulls, the elements' type, how many there are, and that they count from 1. */
function startArray(type: number, count: number, bytes: number): Buffer {
  const array = Buffer.alloc(headerBytes + bytes);
  let offset = array.writeInt32BE(1, 0);
  offset = array.writeInt32BE(0, offset);
  offset = array.writeInt32BE(type, offset);
  offset = array.writeInt32BE(count, offset);
  array.writeInt32BE(1, offset);
  return array;
}
