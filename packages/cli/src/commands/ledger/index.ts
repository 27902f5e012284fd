import type { CommandDefinition } from '../../command.ts';
import { showCheckpoint } from './checkpoint.ts';
import { exportLedger } from './export.ts';
import { traceImpact } from './impact.ts';
import { searchLedger } from './search.ts';
import { showRecord } from './show.ts';
import { useSinks } from './sinks.ts';
import { tailLedger } from './tail.ts';
import { verifyLedger } from './verify.ts';
import { explainRecord } from './why.ts';

export const commands: readonly CommandDefinition[] = [
  tailLedger,
  searchLedger,
  showRecord,
  explainRecord,
  traceImpact,
  exportLedger,
  verifyLedger,
  showCheckpoint,
  useSinks,
];
