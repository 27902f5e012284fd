const half = 32;
const sequence = 0x30;
const integer = 0x02;

/** The 64 bytes r || s of an ES256 signature (RFC 7518 §3.4) as the DER that OpenSSL reads (RFC 3279 §2.2.3). */
export function toDerSignature(signature: Buffer): Buffer {
  const rStart = skipZeros(signature, 0);
  const sStart = skipZeros(signature, half);
  const rLength = half - rStart + signBytes(signature, rStart);
  const sLength = 2 * half - sStart + signBytes(signature, sStart);
  const der = Buffer.alloc(6 + rLength + sLength);
  der[0] = sequence;
  der[1] = 4 + rLength + sLength;
  der[2] = integer;
  der[3] = rLength;
  signature.copy(der, 4 + signBytes(signature, rStart), rStart, half);
  der[4 + rLength] = integer;
  der[5 + rLength] = sLength;
  signature.copy(der, 6 + rLength + signBytes(signature, sStart), sStart, 2 * half);
  return der;
}

/** DER has no leading zeros; a number that is zero keeps one byte. */
function skipZeros(signature: Buffer, from: number): number {
  let at = from;
  while (at < from + half - 1 && signature[at] === 0) at++;
  return at;
}

/** A first bit that is set would mean a negative number. */
function signBytes(signature: Buffer, at: number): number {
  return (signature[at] ?? 0) > 0x7f ? 1 : 0;
}

/** The 64 bytes r || s of an ECDSA signature over P-256 that OpenSSL wrote in DER. */
export function fromDerSignature(der: Buffer): Buffer {
  const signature = Buffer.alloc(2 * half);
  const rLength = der[3] ?? 0;
  copyNumber(der.subarray(4, 4 + rLength), signature, half);
  copyNumber(der.subarray(6 + rLength), signature, 2 * half);
  return signature;
}

/** Right-aligned, so that the number ends where its half does; a leading zero of DER is left out. */
function copyNumber(number: Buffer, signature: Buffer, end: number): void {
  const bytes = number.length > half ? number.subarray(number.length - half) : number;
  bytes.copy(signature, end - bytes.length);
}
