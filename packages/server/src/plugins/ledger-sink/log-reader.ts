import type { HashAt } from '@countersign/ledger';

/** The log itself, for sinks that publish it: entries and tree are public, payloads are not in them. */
export interface LogReader {
  /** Whose signature its checkpoints bear: a C2SP verifier key. */
  readonly vkey: string;
  /** Records appended so far. */
  size(): Promise<number>;
  /** A signed tree head over everything appended so far. */
  checkpoint(): Promise<{ readonly size: number; readonly note: string }>;
  readonly hashAt: HashAt;
  /** The canonical entries from `from` up to, not including, `to`: the bytes of the leaves. */
  readEntries(from: number, to: number): Promise<readonly string[]>;
}
