import { readAttributes, readValue } from './read-values.ts';
import type { ToldPiece } from './told-piece.ts';
import type { LogRecord, LogsRequest, Span, TracesRequest } from './wire/otlp-request.ts';

const longestName = 256;
const mostEvents = 256;

type Around = Pick<ToldPiece, 'resource' | 'scope'>;

/** The spans of an export, in its order; each is made as it is asked for. */
export function* readSpans({ resourceSpans }: TracesRequest): Generator<ToldPiece, void, void> {
  for (const { resource: told, scopeSpans } of resourceSpans ?? []) {
    const resource = readAttributes(told?.attributes);
    for (const { scope, spans } of scopeSpans ?? [])
      for (const span of spans ?? []) yield readSpan(span, { resource, scope: cut(scope?.name) });
  }
}

/** The same of log records. */
export function* readLogs({ resourceLogs }: LogsRequest): Generator<ToldPiece, void, void> {
  for (const { resource: told, scopeLogs } of resourceLogs ?? []) {
    const resource = readAttributes(told?.attributes);
    for (const { scope, logRecords } of scopeLogs ?? [])
      for (const log of logRecords ?? []) yield readLog(log, { resource, scope: cut(scope?.name) });
  }
}

function readSpan(span: Span, around: Around): ToldPiece {
  return {
    ...around,
    signal: 'span',
    trace: readId(span.traceId, 32),
    span: readId(span.spanId, 16),
    parentSpan: readId(span.parentSpanId, 16),
    name: cut(span.name),
    start: span.startTimeUnixNano ?? null,
    end: span.endTimeUnixNano ?? null,
    status: span.status?.code === 2 ? 'error' : span.status?.code === 1 ? 'ok' : 'unset',
    attributes: readAttributes(span.attributes),
    events: (span.events ?? [])
      .slice(0, mostEvents)
      .map(({ name, attributes }) => ({ name: cut(name), attributes: readAttributes(attributes) })),
    body: null,
  };
}

function readLog(log: LogRecord, around: Around): ToldPiece {
  const attributes = readAttributes(log.attributes);
  const at = log.timeUnixNano ?? log.observedTimeUnixNano ?? null;
  const named = attributes.get('event.name');
  return {
    ...around,
    signal: 'log',
    trace: readId(log.traceId, 32),
    span: null,
    parentSpan: readId(log.spanId, 16),
    name: cut(log.eventName || (typeof named === 'string' ? named : '')),
    start: at,
    end: at,
    status: 'unset',
    attributes,
    events: [],
    body: readValue(log.body),
  };
}

function readId(id: string | undefined, length: 16 | 32): string | null {
  return id?.length === length ? id : null;
}

function cut(name: string | undefined): string {
  return (name ?? '').slice(0, longestName).toWellFormed();
}
