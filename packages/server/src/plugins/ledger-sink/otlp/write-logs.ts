import type { SinkRecord } from '../ledger-sink.ts';
import { rateSeverity, type Severity } from '../rate-severity.ts';

/** SeverityNumber of the logs data model. */
const severities: Readonly<Record<Severity, number>> = { high: 17, medium: 13, low: 10, informational: 9 };

/** An `ExportLogsServiceRequest` in the JSON of OTLP 1.x: 64-bit numbers are text, trace ids hexadecimal. */
export function writeLogs(
  records: readonly SinkRecord[],
  { source, at }: { readonly source: string; readonly at: number },
): object {
  return {
    resourceLogs: [
      {
        resource: {
          attributes: [
            writeAttribute('service.name', 'countersign'),
            writeAttribute('service.instance.id', source),
          ],
        },
        scopeLogs: [
          { scope: { name: 'countersign.ledger' }, logRecords: records.map((one) => writeRecord(one, at)) },
        ],
      },
    ],
  };
}

function writeRecord(record: SinkRecord, at: number): object {
  const { body, trace, causes, agents, chain, kind, at: recordedAt, ...names } = record;
  const severity = rateSeverity(record);
  return {
    timeUnixNano: writeNanoseconds(recordedAt),
    observedTimeUnixNano: writeNanoseconds(at),
    severityNumber: severities[severity],
    severityText: severity,
    eventName: `countersign.${kind}`,
    ...(body === undefined ? {} : { body: writeValue(body, 0) }),
    attributes: [
      writeAttribute('log.record.uid', record.id),
      writeAttribute('countersign.kind', kind),
      ...Object.entries({ ...names, causes, agents, chain }).flatMap(([name, value]) =>
        value === undefined ? [] : [writeAttribute(`countersign.${name}`, value)],
      ),
    ],
    ...(trace === undefined ? {} : { traceId: trace }),
  };
}

const writeNanoseconds = (milliseconds: number): string => `${milliseconds}000000`;

function writeAttribute(key: string, value: unknown): object {
  return { key, value: writeValue(value, 0) };
}

/** Bodies hold what agents and upstreams wrote: deeper than this they are text. */
const deepest = 16;

function writeValue(value: unknown, depth: number): object {
  if (typeof value === 'string') return { stringValue: value.toWellFormed() };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (value === null || value === undefined) return {};
  if (depth >= deepest) return { stringValue: JSON.stringify(value).toWellFormed() };
  if (Array.isArray(value)) return { arrayValue: { values: value.map((one) => writeValue(one, depth + 1)) } };
  const values = Object.entries(value).map(([key, one]) => ({
    key: key.toWellFormed(),
    value: writeValue(one, depth + 1),
  }));
  return { kvlistValue: { values } };
}
