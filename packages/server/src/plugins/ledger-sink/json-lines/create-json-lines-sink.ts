import type { LedgerSink } from '../ledger-sink.ts';
import { LineFile, type LineFileParts } from '../line-file.ts';
import { tryFile, writeLines } from '../write-lines.ts';

export interface JsonLinesParts extends LineFileParts {
  readonly name: string;
}

/**
 * Each record once, as one line of JSON, in files that only their owner reads; after a crash too, since the file itself
 * says what is in it already.
 */
export function createJsonLinesSink(parts: JsonLinesParts): LedgerSink {
  const file = new LineFile(parts);
  return {
    ...{ name: parts.name, kind: 'json-lines' },
    batches: { records: 256, isWhole: false, waitMilliseconds: 0 },
    deliver: (batch) => writeLines(file, batch, (record) => JSON.stringify(record)),
    test: () => tryFile(() => file.probe()),
    close: () => file.close(),
  };
}
