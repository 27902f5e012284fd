/** Encodes the little of CBOR (RFC 8949) that an authenticator writes: integers, bytes, text, maps. */
export type CborValue = number | string | Uint8Array | Map<number, CborValue> | Map<string, CborValue>;
export declare function encodeCbor(value: CborValue): Buffer;
