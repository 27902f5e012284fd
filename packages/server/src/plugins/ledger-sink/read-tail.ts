import type { FileHandle } from 'node:fs/promises';

export interface Tail {
  /** Up to the end of the last whole line. */
  readonly size: number;
  /** Of the records that the newest lines have. */
  readonly ids: ReadonlySet<string>;
  readonly first: number | null;
  readonly last: number | null;
}

/** More than the largest batch. */
const tailBytes = 8_388_608;
const firstBytes = 2_097_152;
const newline = 0x0a;

/** Where the whole lines of a file end, and whose records the newest of them are. */
export async function readTail(handle: FileHandle, size: number): Promise<Tail> {
  const start = Math.max(0, size - tailBytes);
  const tail = await readPart(handle, start, size - start);
  const end = tail.lastIndexOf(newline) + 1;
  if (end === 0) return { size: start, ids: new Set(), first: null, last: null };
  const lines = tail.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  // The first one of a part of a file may have lost its beginning.
  const known = (start === 0 ? lines : lines.slice(1)).map(readNames);
  const head = start === 0 ? known[0] : await readFirst(handle, size);
  const ids = known.flatMap(({ id }) => (id === undefined ? [] : [id]));
  return {
    size: start + end,
    ids: new Set(ids),
    first: head?.seq ?? null,
    last: known.at(-1)?.seq ?? null,
  };
}

async function readFirst(handle: FileHandle, size: number): Promise<Names> {
  const head = await readPart(handle, 0, Math.min(size, firstBytes));
  return readNames(head.toString('utf8').split('\n')[0] ?? '');
}

async function readPart(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

interface Names {
  readonly id?: string;
  readonly seq?: number;
}

/** Of a record, or of the OCSF event that was made from one. Somebody else may have written to the file. */
function readNames(line: string): Names {
  try {
    const value = JSON.parse(line);
    const id = value?.id ?? value?.metadata?.uid;
    const seq = value?.seq ?? value?.metadata?.sequence;
    return { ...(typeof id === 'string' ? { id } : {}), ...(Number.isSafeInteger(seq) ? { seq } : {}) };
  } catch {
    return {};
  }
}
