import { nameQuestion, questions } from '../ask-browser.ts';

const longestList = 4 * 1024 * 1024;

/** The bytes of a ZLIB stream (RFC 1950), hostile. Throws for one that is none, or longer than 4 MiB; and until they are there. */
export function inflateList(bytes: Uint8Array): Uint8Array {
  const found = questions.ask(nameQuestion('zlib', bytes), () => inflate(bytes), null);
  if (found === null) throw new RangeError('not a list');
  return found;
}

async function inflate(bytes: Uint8Array): Promise<Uint8Array | null> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    const stream = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream('deflate'));
    for await (const part of stream) {
      length += part.length;
      if (length > longestList) return null;
      parts.push(part);
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  } catch {
    return null;
  }
}
