const newline = 0x0a;

/** Lines longer than this are cut by `readLines` and refused by `verifyExport`. In UTF-16 units and in bytes. */
export const maximumLineLength = 4 * 1024 * 1024;

/**
 * Splits hostile bytes into lines without their newline, never holding more than one line and one chunk. A longer line
 * comes out cut, one byte over the limit; a line that is not UTF-8 comes out as one U+FFFD. Neither can pass for a record.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  limitBytes: number = maximumLineLength,
): AsyncGenerator<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    while (start < chunk.length) {
      const found = chunk.indexOf(newline, start);
      const end = found < 0 ? chunk.length : found;
      const piece = chunk.slice(start, Math.min(end, start + limitBytes + 1 - length));
      parts.push(piece);
      length += piece.length;
      start = end + 1;
      if (found < 0) break;
      yield decodeLine(parts);
      parts.length = 0;
      length = 0;
    }
  }
  if (length > 0) yield decodeLine(parts);
}

function decodeLine(parts: readonly Uint8Array[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts));
  } catch {
    return '\uFFFD';
  }
}
