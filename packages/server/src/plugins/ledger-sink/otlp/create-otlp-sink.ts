import { requireUpstreamUrl } from '../../../outbound/address-guard.ts';
import type { BoundedAnswer } from '../../../outbound/post-bounded.ts';
import type { LedgerSink, SinkBatch, SinkOutcome } from '../ledger-sink.ts';
import { type PostParts, postEvents } from '../post-events.ts';
import { writeLogs } from './write-logs.ts';

export interface OtlpParts extends PostParts {
  readonly name: string;
  /** Of the logs. */
  readonly url: string;
  /** Where the records come from: the public URL. */
  readonly source: string;
}

const mostAnswerBytes = 65_536;

/** Logs over OTLP/HTTP in JSON. `log.record.uid` is the id of the record. Throws `upstream.address_refused`. */
export function createOtlpSink(parts: OtlpParts): LedgerSink {
  const url = requireUpstreamUrl(parts.url, parts.allowPrivate);
  const deliver = ({ records, at, signal }: SinkBatch): Promise<SinkOutcome> =>
    postEvents(
      parts,
      {
        ...{ url, signal, contentType: 'application/json', maxBytes: mostAnswerBytes },
        body: JSON.stringify(writeLogs(records, { source: parts.source, at })),
      },
      judge,
    );
  return {
    ...{ name: parts.name, kind: 'otlp', deliver, test: deliver },
    batches: { records: 256, isWhole: false, waitMilliseconds: 0 },
    async close() {},
  };
}

/**
 * A collector that took only a part says how many it did not take, never which (OTLP, partial success): smaller requests
 * find out. Who answers with something else is no collector, and has perhaps kept nothing.
 */
function judge({ text }: BoundedAnswer): SinkOutcome {
  if (text === '') return { outcome: 'delivered' };
  try {
    const rejected = Number(JSON.parse(text)?.partialSuccess?.rejectedLogRecords ?? 0);
    if (!(rejected > 0)) return { outcome: 'delivered' };
    return { outcome: 'refused', why: 'the collector took only a part' };
  } catch {
    return { outcome: 'failed', why: 'the answer is none of a collector' };
  }
}
