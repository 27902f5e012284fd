import { AppError } from '@countersign/api';
import type { Teller } from '../../tokens/index.ts';
import type { Assigner } from './assign-piece.ts';
import { findOperation } from './conventions/find-operation.ts';
import type { Operation } from './conventions/names.ts';
import type { ToldCounter, Uncounted } from './count-told.ts';
import type { TellingLimit } from './limit-telling.ts';
import type { ExportForm } from './read-export.ts';
import { readLogs, readSpans } from './read-pieces.ts';
import type { TakenPiece, ToldWriter } from './record-told.ts';
import type { RedactTold } from './redact-told.ts';
import type { ToldPiece } from './told-piece.ts';
import { decodeJson } from './wire/decode-json.ts';
import { decodeProtobuf } from './wire/decode-protobuf.ts';
import {
  type LogsRequest,
  requestOf,
  type TelemetrySignal,
  type TracesRequest,
} from './wire/otlp-request.ts';
import type { Rejected } from './write-answer.ts';

/** What this door keeps from one export to the next. */
export interface Telling {
  readonly limit: TellingLimit;
  readonly counter: ToldCounter;
  readonly assigner: Assigner;
  readonly writer: ToldWriter;
  readonly makeRedactor: () => Promise<RedactTold>;
}

export interface Export {
  readonly teller: Teller;
  readonly signal: TelemetrySignal;
  readonly form: ExportForm;
  readonly bytes: Uint8Array;
}

/** Records what an export tells of models, tools and what they read; says how much of that was not taken, and why. */
export async function takeExport(
  telling: Telling,
  { teller, signal, form, bytes }: Export,
): Promise<Rejected> {
  const { source } = teller;
  const { relevant, irrelevant } = findRelevant(decode(form, signal, bytes));
  const counts = new Map<Uncounted, number>();
  const add = (what: Uncounted, pieces = 1) => counts.set(what, (counts.get(what) ?? 0) + pieces);
  const room = telling.limit.take(source, relevant.length, bytes.length);
  add('irrelevant', irrelevant);
  add('told_too_much', relevant.length - room);
  const assign = telling.assigner.forExport(teller);
  const taken: TakenPiece[] = [];
  for (const one of relevant.slice(0, room)) {
    const assigned = await assign(one.piece);
    if (typeof assigned === 'string') add(assigned);
    else taken.push({ ...one, assigned });
  }
  try {
    if (taken.length > 0)
      add('repeated', await telling.writer.write(source, taken, await telling.makeRedactor()));
  } finally {
    for (const [what, pieces] of counts) telling.counter.count(source, what, pieces);
  }
  return describeRejected(counts);
}

/** Before an export is read. Throws `server.rate_limited`. */
export function requireRoom({ limit, counter }: Telling, source: string): void {
  if (limit.hasRoom(source)) return;
  counter.count(source, 'told_too_much', 1);
  throw new AppError('server.rate_limited', {
    detail: 'telemetry',
    headers: { 'retry-after': String(limit.waitSeconds(source)) },
  });
}

function decode(form: ExportForm, signal: TelemetrySignal, bytes: Uint8Array): Iterable<ToldPiece> {
  const decoded =
    form === 'json' ? decodeJson(bytes, requestOf[signal]) : decodeProtobuf(bytes, requestOf[signal]);
  // Made by the tables that these types are written from.
  return signal === 'traces' ? readSpans(decoded as TracesRequest) : readLogs(decoded as LogsRequest);
}

interface Relevant {
  readonly piece: ToldPiece;
  readonly operation: Operation;
}

function findRelevant(pieces: Iterable<ToldPiece>) {
  const relevant: Relevant[] = [];
  let irrelevant = 0;
  for (const piece of pieces) {
    const operation = findOperation(piece);
    if (operation === undefined) irrelevant += 1;
    else relevant.push({ piece, operation });
  }
  return { relevant, irrelevant };
}

const refusing: readonly Uncounted[] = ['agent_unknown', 'task_unknown', 'told_too_much'];

function describeRejected(counts: ReadonlyMap<Uncounted, number>): Rejected {
  const found = refusing
    .map((what) => [what, counts.get(what) ?? 0] as const)
    .filter(([, pieces]) => pieces > 0);
  return {
    pieces: found.reduce((sum, [, pieces]) => sum + pieces, 0),
    why: found.map(([what, pieces]) => `${what}: ${pieces}`).join(', '),
  };
}
