import type { JsonValue } from '@countersign/core';

/** By name; the first of a name counts. */
export type Attributes = ReadonlyMap<string, JsonValue>;

/** One span or log record, as told: every word of it is the teller's. */
export interface ToldPiece {
  readonly signal: 'span' | 'log';
  readonly trace: string | null;
  /** Its own; null for a log record. */
  readonly span: string | null;
  /** Of a log record: the span it was written in. */
  readonly parentSpan: string | null;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly start: number | null;
  readonly end: number | null;
  readonly status: 'unset' | 'ok' | 'error';
  readonly attributes: Attributes;
  readonly resource: Attributes;
  /** What wrote it. */
  readonly scope: string;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  /** Of a log record. */
  readonly body: JsonValue;
}
