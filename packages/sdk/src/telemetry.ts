import type { Task } from './task.ts';

export interface TelemetrySource {
  /** Of Countersign, such as `https://countersign.example`. */
  readonly url: string;
  /** As `countersign tokens add-telemetry` showed it. */
  readonly secret: string;
}

/** What an OTLP/HTTP exporter of OpenTelemetry takes, with JSON or protobuf alike. */
export interface ExporterSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Settings with which the official exporter of spans or log records tells Countersign what an agent did. */
export function exportTo(
  { url, secret }: TelemetrySource,
  signal: 'traces' | 'logs' = 'traces',
): ExporterSettings {
  return {
    url: new URL(`/otlp/v1/${signal}`, url).href,
    headers: { authorization: `Bearer ${secret}` },
  };
}

/** Attributes of a resource, or of one span, that say of which task it tells. */
export function describeTask({ id }: Pick<Task, 'id'>): Readonly<Record<string, string>> {
  return { 'countersign.task.id': id };
}

/** The part of `@opentelemetry/api` that is needed here. */
export interface TraceApi {
  readonly trace: {
    getActiveSpan():
      | { spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number } }
      | undefined;
  };
}

/** The W3C trace context of the span that is active now; undefined when there is none. */
export function readTraceparent({ trace }: TraceApi): string | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  if (active === undefined || /^0*$/.test(active.traceId)) return undefined;
  const flags = (active.traceFlags & 0xff).toString(16).padStart(2, '0');
  return `00-${active.traceId}-${active.spanId}-${flags}`;
}

/** `_meta` for a call over MCP: joins it to the span it is made in and to the answer of a model that asked for it. */
export function describeCall(call: {
  /** The model's own id of the call. */
  readonly toolCallId?: string | undefined;
  readonly traceparent?: string | undefined;
}): Readonly<Record<string, string>> {
  return {
    ...(call.toolCallId === undefined ? {} : { 'gen_ai.tool.call.id': call.toolCallId }),
    ...(call.traceparent === undefined ? {} : { traceparent: call.traceparent }),
  };
}
