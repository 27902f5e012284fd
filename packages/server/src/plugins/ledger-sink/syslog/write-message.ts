import type { SinkRecord } from '../ledger-sink.ts';
import { rateSeverity, type Severity } from '../rate-severity.ts';

export interface MessageSettings {
  /** Of this server, as HOSTNAME. */
  readonly hostname: string;
  readonly enterprise: number;
  readonly maxMessageBytes: number;
}

/** "log audit" of RFC 5424 §6.2.1. */
const facility = 13;
const severities: Readonly<Record<Severity, number>> = { high: 3, medium: 4, low: 5, informational: 6 };
const mark = '\ufeff';

/**
 * A record as a message of RFC 5424: the names it has as structured data, all of it as JSON. Nothing in it can end the
 * message or the structured data. One that is too long comes without its body, and says so.
 */
export function writeMessage(record: SinkRecord, settings: MessageSettings): Buffer {
  const whole = write(record, settings, false);
  if (whole.length <= settings.maxMessageBytes) return whole;
  const { body: _, ...rest } = record;
  return write(rest, settings, true);
}

function write(record: SinkRecord, { hostname, enterprise }: MessageSettings, isCut: boolean): Buffer {
  const priority = facility * 8 + severities[rateSeverity(record)];
  const head = [
    `<${priority}>1`,
    new Date(record.at).toISOString(),
    writeName(hostname, 255),
    'countersign',
    '-',
    writeName(record.kind, 32),
  ].join(' ');
  const { seq, id, agent, task, person, action, upstream, tool, trace, drill } = record;
  const names = { seq, id, agent, task, person, action, upstream, tool, trace, drill };
  const told = { ...names, ...(record.erased ? { erased: true } : {}), ...(isCut ? { cut: 'body' } : {}) };
  const data = Object.entries(told).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${escapeValue(String(value))}"`],
  );
  const text = `${head} [countersign@${enterprise} ${data.join(' ')}] ${mark}${JSON.stringify(record)}`;
  return Buffer.from(text, 'utf8');
}

/** PARAM-VALUE, RFC 5424 §6.3.3; control characters have no place in a line that others read. */
function escapeValue(value: string): string {
  return value
    .slice(0, 256)
    .toWellFormed()
    .replace(/\p{Cc}/gu, ' ')
    .replace(/["\\\]]/g, '\\$&');
}

/** PRINTUSASCII of the header, without spaces. */
function writeName(text: string, longest: number): string {
  const name = text.replace(/[^\x21-\x7e]/g, '_').slice(0, longest);
  return name === '' ? '-' : name;
}
