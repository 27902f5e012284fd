import { DatabaseSync } from 'node:sqlite';

/** What a witness keeps of a log: the newest checkpoint it cosigned. */
export interface Witnessed {
  readonly size: number;
  /** Signed by the log and cosigned. */
  readonly note: string;
  /** Epoch seconds of the cosignature. */
  readonly at: number;
}

/** What a witness must never forget. */
export interface WitnessState {
  find(origin: string): Witnessed | undefined;
  /**
   * Judges with nobody else judging, in this process or another, and keeps what is judged to be next. What was kept is
   * synced to the disk when this returns; when it throws, nothing was.
   */
  advance<T>(origin: string, judge: (last: Witnessed | undefined) => Judged<T>): T;
  close(): void;
}

export interface Judged<T> {
  readonly next?: Witnessed;
  readonly answer: T;
}

/** Opens the file, or makes it. Throws when it is none of ours. */
export function openWitnessState(path: string): WitnessState {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  // Not the write-ahead log: one file, synced with its folder, is what an operator can copy and count on.
  database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA');
  database.exec(
    `CREATE TABLE IF NOT EXISTS witnessed
      (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, note TEXT NOT NULL, at INTEGER NOT NULL) STRICT`,
  );
  const select = database.prepare('SELECT size, note, at FROM witnessed WHERE origin = ?');
  const upsert = database.prepare(
    `INSERT INTO witnessed (origin, size, note, at) VALUES (?, ?, ?, ?)
      ON CONFLICT (origin) DO UPDATE SET size = excluded.size, note = excluded.note, at = excluded.at`,
  );
  const find = (origin: string): Witnessed | undefined => {
    const row = select.get(origin);
    return row && { size: Number(row.size), note: String(row.note), at: Number(row.at) };
  };
  return {
    find,
    advance: (origin, judge) => {
      database.exec('BEGIN IMMEDIATE');
      try {
        const { next, answer } = judge(find(origin));
        if (next !== undefined) upsert.run(origin, next.size, next.note, next.at);
        database.exec('COMMIT');
        return answer;
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
}
