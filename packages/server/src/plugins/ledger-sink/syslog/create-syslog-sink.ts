import { describeFailure } from '../../../outbound/post-bounded.ts';
import type { LedgerSink, SinkBatch, SinkOutcome } from '../ledger-sink.ts';
import { type SyslogPlace, sendMessages } from './send-messages.ts';
import { type MessageSettings, writeMessage } from './write-message.ts';

export interface SyslogParts extends SyslogPlace, MessageSettings {
  readonly name: string;
}

/** Each record as a message of RFC 5424, over TLS (RFC 5425) or, on a private network, TCP (RFC 6587). */
export function createSyslogSink(parts: SyslogParts): LedgerSink {
  const deliver = async ({ records, signal }: SinkBatch): Promise<SinkOutcome> => {
    try {
      const messages = records.map((record) => writeMessage(record, parts));
      await sendMessages(parts, messages, signal);
      return { outcome: 'delivered' };
    } catch (thrown) {
      return { outcome: 'failed', why: describeFailure(thrown).why };
    }
  };
  return {
    ...{ name: parts.name, kind: 'syslog', deliver, test: deliver },
    batches: { records: 128, isWhole: false, waitMilliseconds: 0 },
    async close() {},
  };
}
