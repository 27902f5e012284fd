const longestEntry = 65_535;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Entries as C2SP tlog-tiles bundles them: each behind its length as a big-endian uint16. Throws RangeError for one too long. */
export function encodeEntryBundle(entries: readonly string[]): Uint8Array {
  const parts = entries.map((entry) => {
    const length = Buffer.byteLength(entry);
    if (length > longestEntry) throw new RangeError('an entry is too long for a bundle');
    const part = Buffer.allocUnsafe(2 + length);
    part.writeUInt16BE(length, 0);
    part.write(entry, 2);
    return part;
  });
  return new Uint8Array(Buffer.concat(parts));
}

/** The entries of a hostile bundle, or undefined when it is cut off or not UTF-8. */
export function decodeEntryBundle(bytes: Uint8Array): string[] | undefined {
  const entries: string[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    if (at + 2 > bytes.length) return undefined;
    const end = at + 2 + view.getUint16(at);
    if (end > bytes.length) return undefined;
    try {
      entries.push(decoder.decode(bytes.subarray(at + 2, end)));
    } catch {
      return undefined;
    }
    at = end;
  }
  return entries;
}
