/** What a decoder makes of an export. Everything may be missing, and every text is hostile. */
export interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values?: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values?: readonly KeyValue[] };
  /** Base64. */
  readonly bytesValue?: string;
}

export interface KeyValue {
  readonly key?: string;
  readonly value?: AnyValue;
}

export interface Resource {
  readonly attributes?: readonly KeyValue[];
}

export interface Scope {
  readonly name?: string;
  readonly version?: string;
}

export interface SpanEvent {
  readonly name?: string;
  readonly attributes?: readonly KeyValue[];
}

export interface Span {
  /** Lower-case hexadecimal, of the right length and not all zero; absent otherwise. So are the other ids. */
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  /** Epoch milliseconds, as all times. */
  readonly startTimeUnixNano?: number;
  readonly endTimeUnixNano?: number;
  readonly attributes?: readonly KeyValue[];
  readonly events?: readonly SpanEvent[];
  readonly status?: { readonly message?: string; readonly code?: number };
}

export interface LogRecord {
  readonly timeUnixNano?: number;
  readonly observedTimeUnixNano?: number;
  readonly body?: AnyValue;
  readonly attributes?: readonly KeyValue[];
  readonly traceId?: string;
  readonly spanId?: string;
  readonly eventName?: string;
}

export interface TracesRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: Resource;
    readonly scopeSpans?: readonly { readonly scope?: Scope; readonly spans?: readonly Span[] }[];
  }[];
}

export interface LogsRequest {
  readonly resourceLogs?: readonly {
    readonly resource?: Resource;
    readonly scopeLogs?: readonly { readonly scope?: Scope; readonly logRecords?: readonly LogRecord[] }[];
  }[];
}

export type TelemetrySignal = 'traces' | 'logs';
export const requestOf = {
  traces: 'ExportTraceServiceRequest',
  logs: 'ExportLogsServiceRequest',
} as const;
