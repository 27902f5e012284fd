type Parse = (text: string) => unknown;

// Object ids of PostgreSQL's own types; they never change.
const booleanType = 16;
const bytesType = 17;
const integerTypes = new Set([20, 21, 23]);
const numericType = 1700;

/** Reads columns as SQLite gives them: whole numbers, 0 and 1, bytes, and text for everything else. */
export function readValue(type: number): Parse {
  if (integerTypes.has(type) || type === numericType) return readInteger;
  if (type === bytesType) return readBytes;
  return type === booleanType ? (text) => (text === 't' ? 1 : 0) : (text) => text;
}

/** Throws when the number is none that JavaScript can hold exactly: rounding money in silence is worse. */
function readInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a column holds no safe whole number');
  return value;
}

function readBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'));
}
