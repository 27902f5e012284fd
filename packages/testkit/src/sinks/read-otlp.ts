import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

export interface OtlpLog {
  readonly eventName: string;
  readonly severityNumber: number;
  readonly timeMilliseconds: number;
  /** Hexadecimal; empty when there is none. */
  readonly trace: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

let loading: Promise<protobuf.Type> | undefined;
const folder = fileURLToPath(new URL('./otlp/', import.meta.url));

/**
 * The logs of an OTLP/HTTP request in JSON, read through the protocol's own definitions: into a message, to its bytes and
 * back. Throws for a field that the protocol does not have, or of another type.
 */
export async function readOtlpLogs(json: string): Promise<readonly OtlpLog[]> {
  loading ??= loadType();
  const type = await loading;
  const value = JSON.parse(json, (key, one) =>
    // Alone in the JSON of OTLP these bytes are hexadecimal.
    key === 'traceId' || key === 'spanId' ? Buffer.from(one, 'hex').toString('base64') : one,
  );
  requireKnown(type, value);
  const bytes = type.encode(type.fromObject(value)).finish();
  const read = type.toObject(type.decode(bytes), { longs: Number, bytes: Buffer });
  return read.resourceLogs
    .flatMap((one: Any) => one.scopeLogs)
    .flatMap((one: Any) => one.logRecords)
    .map(readLog);
}

async function loadType(): Promise<protobuf.Type> {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => `${folder}${target}`;
  await root.load('opentelemetry/proto/collector/logs/v1/logs_service.proto');
  return root.lookupType('opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest');
}

interface Any {
  readonly [name: string]: never;
}

function readLog(log: Record<string, never>): OtlpLog {
  const { eventName, severityNumber, timeUnixNano, traceId, attributes, body } = log as Record<
    string,
    unknown
  >;
  return {
    eventName: String(eventName),
    severityNumber: Number(severityNumber),
    timeMilliseconds: Math.round(Number(timeUnixNano) / 1e6),
    trace: Buffer.isBuffer(traceId) ? traceId.toString('hex') : '',
    attributes: readPairs(attributes),
    body: readValue(body),
  };
}

function readPairs(pairs: unknown): Record<string, unknown> {
  const given = Array.isArray(pairs) ? pairs : [];
  return Object.fromEntries(given.map(({ key, value }) => [key, readValue(value)]));
}

function readValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const [[kind, given] = ['none', undefined]] = Object.entries(value);
  if (kind === 'kvlistValue') return readPairs((given as { values?: unknown }).values);
  if (kind === 'arrayValue') return ((given as { values?: unknown[] }).values ?? []).map(readValue);
  return given;
}

/** `fromObject` drops what it does not know. */
function requireKnown(type: protobuf.Type, value: unknown): void {
  if (Array.isArray(value)) {
    for (const one of value) requireKnown(type, one);
    return;
  }
  for (const [name, one] of Object.entries(value as object)) {
    const field = type.fields[name];
    if (field === undefined) throw new Error(`${type.name} has no ${name}`);
    field.resolve();
    if (field.resolvedType instanceof protobuf.Type) requireKnown(field.resolvedType, one);
  }
}
