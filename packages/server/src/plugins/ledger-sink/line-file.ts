import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { readTail } from './read-tail.ts';

export interface LineFileParts {
  readonly folder: string;
  readonly rotateBytes: number;
  readonly rotateMilliseconds: number;
  readonly gzip: boolean;
}

export interface Line {
  readonly id: string;
  readonly seq: number;
  /** Without a newline. */
  readonly text: string;
}

const activeName = 'records.jsonl';

interface OpenFile {
  readonly handle: FileHandle;
  /** Of whole lines that are on disk. */
  size: number;
  /** Epoch milliseconds. */
  readonly since: number;
  /** Of the newest lines. */
  ids: ReadonlySet<string>;
  first: number | null;
  last: number | null;
}

/**
 * Appends lines to one file in a folder of its own, readable by its owner alone, and closes it by size or age under a name
 * that says which records it has. Lines are on disk when `append` resolves; what a crash tore is cut off on the next start.
 */
export class LineFile {
  readonly #parts: LineFileParts;
  #file: OpenFile | null = null;
  /** What was begun last: an attempt that was given up may still be writing. */
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: LineFileParts) {
    this.#parts = parts;
  }

  /** With `isRepeat`, lines that the newest file ends with are not written again. Throws what the file system throws. */
  append(lines: readonly Line[], attempt: { at: number; isRepeat: boolean }): Promise<void> {
    const done = this.#turn.then(() => this.#append(lines, attempt));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #append(lines: readonly Line[], { at, isRepeat }: { at: number; isRepeat: boolean }): Promise<void> {
    try {
      const file = await this.#open(at);
      const wanted = isRepeat ? lines.filter(({ id }) => !file.ids.has(id)) : lines;
      if (wanted.length === 0) return;
      const bytes = Buffer.from(wanted.map(({ text }) => `${text}\n`).join(''), 'utf8');
      // Before, not after: the newest lines stay in the open file, where the next start looks for them. So do those of this
      // batch that are there already, until the whole of it was acknowledged.
      const isBegun = wanted.length < lines.length;
      const target = !isBegun && this.#isOver(file, bytes.length, at) ? await this.#rotate(file, at) : file;
      await writeWhole(target, bytes);
      target.first ??= wanted[0]?.seq ?? null;
      target.last = wanted.at(-1)?.seq ?? target.last;
      target.ids = new Set(lines.map(({ id }) => id));
    } catch (error) {
      await this.#letGo();
      throw error;
    }
  }

  /** Sees that a file can be written here, and leaves none. */
  async probe(): Promise<void> {
    await this.#makeFolder();
    const path = join(this.#parts.folder, '.probe');
    const handle = await open(path, 'w', 0o600);
    try {
      await handle.writeFile('\n');
      await handle.datasync();
    } finally {
      await handle.close();
      await unlink(path);
    }
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#letGo();
  }

  async #letGo(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.handle.close().catch(() => undefined);
  }

  #isOver(file: OpenFile, adding: number, at: number): boolean {
    if (file.size === 0) return false;
    return file.size + adding > this.#parts.rotateBytes || at - file.since >= this.#parts.rotateMilliseconds;
  }

  async #makeFolder(): Promise<void> {
    await mkdir(this.#parts.folder, { recursive: true, mode: 0o700 });
  }

  async #open(at: number): Promise<OpenFile> {
    if (this.#file !== null) return this.#file;
    await this.#makeFolder();
    await this.#tidy();
    const handle = await open(join(this.#parts.folder, activeName), 'a+', 0o600);
    try {
      const { size, birthtimeMs } = await handle.stat();
      const tail = await readTail(handle, size);
      if (tail.size < size) {
        await handle.truncate(tail.size);
        await handle.datasync();
      }
      await syncFolder(this.#parts.folder);
      const since = size === 0 ? at : Math.min(birthtimeMs, at);
      this.#file = { handle, size: tail.size, since, ids: tail.ids, first: tail.first, last: tail.last };
      return this.#file;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async #rotate(file: OpenFile, at: number): Promise<OpenFile> {
    const { folder } = this.#parts;
    await this.#letGo();
    const time = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
    const name = `records-${pad(file.first)}-${pad(file.last)}-${time}`;
    await rename(join(folder, activeName), await chooseFree(folder, name));
    await syncFolder(folder);
    return this.#open(at);
  }

  /** Finishes what a crash left half done: a closed file is there either as it was or compressed, never both, never neither. */
  async #tidy(): Promise<void> {
    const { folder, gzip } = this.#parts;
    const names = await readdir(folder);
    for (const name of names) if (name.endsWith('.gz.part')) await unlink(join(folder, name));
    for (const name of names) {
      if (!/^records-.*\.jsonl$/.test(name)) continue;
      if (names.includes(`${name}.gz`)) await unlink(join(folder, name));
      else if (gzip) await compress(join(folder, name));
    }
  }
}

async function writeWhole(file: OpenFile, bytes: Buffer): Promise<void> {
  try {
    await file.handle.appendFile(bytes);
    await file.handle.datasync();
    file.size += bytes.length;
  } catch (error) {
    // A full disk took a part of it: without that part the rest can be written once there is room.
    await file.handle.truncate(file.size).catch(() => undefined);
    throw error;
  }
}

async function compress(path: string): Promise<void> {
  const part = `${path}.gz.part`;
  await pipeline(createReadStream(path), createGzip(), createWriteStream(part, { mode: 0o600, flush: true }));
  await chmod(part, 0o600);
  await rename(part, `${path}.gz`);
  await unlink(path);
}

/** Evidence is never written over, whatever the clock says. */
async function chooseFree(folder: string, name: string): Promise<string> {
  for (let number = 0; ; number += 1) {
    const path = join(folder, number === 0 ? `${name}.jsonl` : `${name}-${number}.jsonl`);
    const isThere = await Promise.all(
      [path, `${path}.gz`].map((one) => stat(one).then(() => true, isAbsent)),
    );
    if (!isThere.includes(true)) return path;
  }
}

function isAbsent(error: NodeJS.ErrnoException): false {
  if (error.code === 'ENOENT') return false;
  throw error;
}

function pad(seq: number | null): string {
  return String(seq ?? 0).padStart(12, '0');
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
