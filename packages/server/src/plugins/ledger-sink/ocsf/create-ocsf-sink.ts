import { requireUpstreamUrl } from '../../../outbound/address-guard.ts';
import type { LedgerSink, SinkBatch, SinkOutcome } from '../ledger-sink.ts';
import { LineFile, type LineFileParts } from '../line-file.ts';
import { type PostParts, postEvents } from '../post-events.ts';
import { tryFile, writeLines } from '../write-lines.ts';
import { type EventSettings, writeEvent } from './write-event.ts';

export interface OcsfPostParts extends PostParts, EventSettings {
  readonly name: string;
  readonly url: string;
  readonly format: 'json' | 'ndjson';
}

export interface OcsfFileParts extends LineFileParts, EventSettings {
  readonly name: string;
}

/** Events of OCSF 1.8.0 by HTTPS POST. What the receiver answers beyond its status is not read. Throws `upstream.address_refused`. */
export function createOcsfPostSink(parts: OcsfPostParts): LedgerSink {
  const url = requireUpstreamUrl(parts.url, parts.allowPrivate);
  const isArray = parts.format === 'json';
  const deliver = ({ records, signal }: SinkBatch): Promise<SinkOutcome> => {
    const events = records.map((record) => JSON.stringify(writeEvent(record, parts)));
    return postEvents(parts, {
      ...{ url, signal, contentType: isArray ? 'application/json' : 'application/x-ndjson' },
      body: isArray ? `[${events.join(',')}]` : events.map((event) => `${event}\n`).join(''),
    });
  };
  return {
    ...{ name: parts.name, kind: 'ocsf', deliver, test: deliver },
    batches: { records: 256, isWhole: false, waitMilliseconds: 0 },
    async close() {},
  };
}

/** The same as files of JSON lines, each event once. */
export function createOcsfFileSink(parts: OcsfFileParts): LedgerSink {
  const file = new LineFile(parts);
  return {
    ...{ name: parts.name, kind: 'ocsf' },
    batches: { records: 256, isWhole: false, waitMilliseconds: 0 },
    deliver: (batch) => writeLines(file, batch, (record) => JSON.stringify(writeEvent(record, parts))),
    test: () => tryFile(() => file.probe()),
    close: () => file.close(),
  };
}
