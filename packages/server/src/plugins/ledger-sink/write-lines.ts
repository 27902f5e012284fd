import type { SinkBatch, SinkOutcome, SinkRecord } from './ledger-sink.ts';
import type { LineFile } from './line-file.ts';

/** Appends the batch to the file, each record as one line. */
export async function writeLines(
  file: LineFile,
  { records, at, isRepeat }: SinkBatch,
  writeText: (record: SinkRecord) => string,
): Promise<SinkOutcome> {
  const lines = records.map((record) => ({ id: record.id, seq: record.seq, text: writeText(record) }));
  return tryFile(() => file.append(lines, { at, isRepeat }));
}

export async function tryFile(work: () => Promise<void>): Promise<SinkOutcome> {
  try {
    await work();
    return { outcome: 'delivered' };
  } catch (error) {
    return { outcome: 'failed', why: describeFault(error) };
  }
}

function describeFault(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'the folder may not be written';
    default:
      return 'the file cannot be written';
  }
}
