// The fields of opentelemetry-proto 1.x that are read here; test/hooks sends what the official exporters write.

/** How a value stands on the wire, and what is made of it. */
export type FieldType =
  | 'bool'
  | 'bytes'
  | 'double'
  | 'enum'
  /** A trace or span id: bytes in protobuf, hexadecimal in JSON. */
  | 'id'
  | 'int64'
  /** Unix time in nanoseconds; becomes epoch milliseconds. */
  | 'nanos'
  | 'text'
  | MessageName;

export interface Field {
  readonly no: number;
  /** As in OTLP/JSON. */
  readonly name: string;
  readonly type: FieldType;
  readonly isList: boolean;
}

const one = (no: number, name: string, type: FieldType): Field => ({ no, name, type, isList: false });
const many = (no: number, name: string, type: FieldType): Field => ({ no, name, type, isList: true });

/** All others are skipped unread. */
export const otlpFields = {
  AnyValue: [
    one(1, 'stringValue', 'text'),
    one(2, 'boolValue', 'bool'),
    one(3, 'intValue', 'int64'),
    one(4, 'doubleValue', 'double'),
    one(5, 'arrayValue', 'ArrayValue'),
    one(6, 'kvlistValue', 'KeyValueList'),
    one(7, 'bytesValue', 'bytes'),
  ],
  ArrayValue: [many(1, 'values', 'AnyValue')],
  KeyValueList: [many(1, 'values', 'KeyValue')],
  KeyValue: [one(1, 'key', 'text'), one(2, 'value', 'AnyValue')],
  Resource: [many(1, 'attributes', 'KeyValue')],
  InstrumentationScope: [one(1, 'name', 'text'), one(2, 'version', 'text')],
  ExportTraceServiceRequest: [many(1, 'resourceSpans', 'ResourceSpans')],
  ResourceSpans: [one(1, 'resource', 'Resource'), many(2, 'scopeSpans', 'ScopeSpans')],
  ScopeSpans: [one(1, 'scope', 'InstrumentationScope'), many(2, 'spans', 'Span')],
  Span: [
    one(1, 'traceId', 'id'),
    one(2, 'spanId', 'id'),
    one(4, 'parentSpanId', 'id'),
    one(5, 'name', 'text'),
    one(7, 'startTimeUnixNano', 'nanos'),
    one(8, 'endTimeUnixNano', 'nanos'),
    many(9, 'attributes', 'KeyValue'),
    many(11, 'events', 'Event'),
    one(15, 'status', 'Status'),
  ],
  Event: [one(2, 'name', 'text'), many(3, 'attributes', 'KeyValue')],
  Status: [one(2, 'message', 'text'), one(3, 'code', 'enum')],
  ExportLogsServiceRequest: [many(1, 'resourceLogs', 'ResourceLogs')],
  ResourceLogs: [one(1, 'resource', 'Resource'), many(2, 'scopeLogs', 'ScopeLogs')],
  ScopeLogs: [one(1, 'scope', 'InstrumentationScope'), many(2, 'logRecords', 'LogRecord')],
  LogRecord: [
    one(1, 'timeUnixNano', 'nanos'),
    one(11, 'observedTimeUnixNano', 'nanos'),
    one(5, 'body', 'AnyValue'),
    many(6, 'attributes', 'KeyValue'),
    one(9, 'traceId', 'id'),
    one(10, 'spanId', 'id'),
    one(12, 'eventName', 'text'),
  ],
} as const satisfies Record<string, readonly Field[]>;

export type MessageName =
  | 'AnyValue'
  | 'ArrayValue'
  | 'Event'
  | 'ExportLogsServiceRequest'
  | 'ExportTraceServiceRequest'
  | 'InstrumentationScope'
  | 'KeyValue'
  | 'KeyValueList'
  | 'LogRecord'
  | 'Resource'
  | 'ResourceLogs'
  | 'ResourceSpans'
  | 'ScopeLogs'
  | 'ScopeSpans'
  | 'Span'
  | 'Status';

export function isMessageName(type: FieldType): type is MessageName {
  return Object.hasOwn(otlpFields, type);
}
