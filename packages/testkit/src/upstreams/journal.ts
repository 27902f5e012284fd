import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** What arrived at an upstream, written down before anything is answered. */
export interface JournalEntry {
  readonly sequence: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly httpMethod: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  /** The JSON-RPC method, or undefined when the body was no JSON-RPC message. */
  readonly method: string | undefined;
  /** The tool, prompt or resource that was named. */
  readonly name: string | undefined;
  readonly arguments: unknown;
  readonly meta: { readonly [key: string]: unknown } | undefined;
}

export interface Journal {
  readonly entries: readonly JournalEntry[];
  record(entry: Omit<JournalEntry, 'sequence' | 'at'>): JournalEntry;
  /** Every `tools/call` that arrived, of one tool or of all. */
  calls(tool?: string): readonly JournalEntry[];
  /** Starts over; a file keeps what it has. */
  forget(): void;
  close(): void;
}

export interface JournalOptions {
  /** Also append each entry, one JSON line, to this file. */
  readonly file?: string;
  /** Sync the file before an entry counts as recorded, so that it outlives a kill of the machine. */
  readonly fsync?: boolean;
}

export function openJournal({ file, fsync = false }: JournalOptions = {}): Journal {
  const entries: JournalEntry[] = [];
  let recorded = 0;
  let descriptor = file === undefined ? undefined : openSync(file, 'a', 0o600);
  return {
    entries,
    record(entry) {
      const full: JournalEntry = { sequence: recorded++, at: Date.now(), ...entry };
      if (descriptor !== undefined) {
        writeSync(descriptor, `${JSON.stringify(full)}\n`);
        if (fsync) fsyncSync(descriptor);
      }
      entries.push(full);
      return full;
    },
    calls: (tool) =>
      entries.filter((entry) => entry.method === 'tools/call' && (tool === undefined || entry.name === tool)),
    forget() {
      entries.length = 0;
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

/** Reads a journal file back. A last line without its newline was never recorded and is left out. */
export function readJournal(file: string): readonly JournalEntry[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as JournalEntry);
}
