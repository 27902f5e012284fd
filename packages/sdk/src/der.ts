/** The few parts of DER (X.690 §8) that a certificate needs. Each returns a complete value with tag and length. */
export type Der = Uint8Array;

export function sequence(...parts: readonly Der[]): Der {
  return tagged(0x30, ...parts);
}

export function set(...parts: readonly Der[]): Der {
  return tagged(0x31, ...parts);
}

/** Constructed and context-specific: `[number]`. */
export function explicit(number: number, ...parts: readonly Der[]): Der {
  return tagged(0xa0 + number, ...parts);
}

/** Primitive and context-specific: what an IMPLICIT tag leaves of a value. */
export function implicit(number: number, bytes: Uint8Array): Der {
  return tagged(0x80 + number, bytes);
}

/** `bytes` are an unsigned number, most significant first. */
export function integer(bytes: Uint8Array): Der {
  const start = bytes.findIndex((byte) => byte !== 0);
  const significant = start < 0 ? Uint8Array.of(0) : bytes.subarray(start);
  // A first bit that is set would mean a negative number.
  return (significant[0] ?? 0) > 0x7f
    ? tagged(0x02, Uint8Array.of(0), significant)
    : tagged(0x02, significant);
}

export function octetString(bytes: Uint8Array): Der {
  return tagged(0x04, bytes);
}

export function bitString(bytes: Uint8Array): Der {
  return tagged(0x03, Uint8Array.of(0), bytes);
}

export function utf8String(text: string): Der {
  return tagged(0x0c, new TextEncoder().encode(text));
}

/** GeneralizedTime in whole seconds; RFC 5280 §4.1.2.5 wants UTCTime before 2050. */
export function time(epochMilliseconds: number): Der {
  const digits = `${new Date(epochMilliseconds).toISOString().replaceAll(/[-:T]|\..*$/g, '')}Z`;
  const isShort = Number(digits.slice(0, 4)) < 2050;
  return tagged(isShort ? 0x17 : 0x18, new TextEncoder().encode(isShort ? digits.slice(2) : digits));
}

/** Dotted numbers; the first two share a byte. */
export function objectIdentifier(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Uint8Array.from([first * 40 + second, ...rest.flatMap(toBase128)]));
}

function toBase128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}

function tagged(tag: number, ...parts: readonly Uint8Array[]): Der {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = [tag, ...toLength(length)];
  const der = new Uint8Array(head.length + length);
  der.set(head);
  let at = head.length;
  for (const part of parts) {
    der.set(part, at);
    at += part.length;
  }
  return der;
}

function toLength(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let left = length; left > 0; left >>>= 8) bytes.unshift(left & 0xff);
  return [0x80 | bytes.length, ...bytes];
}
