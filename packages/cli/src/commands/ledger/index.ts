import type { CommandDefinition } from '../../command.ts';
import { backUpKeys } from './back-up-keys.ts';
import { bundleLedger } from './bundle.ts';
import { cancelErasure } from './cancel-erasure.ts';
import { showCheckpoint } from './checkpoint.ts';
import { showClock } from './clock.ts';
import { compareLedger } from './compare.ts';
import { proveConsistency } from './consistency.ts';
import { endHold } from './end-hold.ts';
import { eraseRecords } from './erase.ts';
import { listErasures } from './erasures.ts';
import { exportLedger } from './export.ts';
import { addHold } from './hold.ts';
import { listHolds } from './holds.ts';
import { traceImpact } from './impact.ts';
import { listKeyCopies } from './key-copies.ts';
import { monitorLedger } from './monitor.ts';
import { useQueries } from './queries.ts';
import { listReaders } from './readers.ts';
import { searchLedger } from './search.ts';
import { showRecord } from './show.ts';
import { useSinks } from './sinks.ts';
import { listStreams } from './streams.ts';
import { tailLedger } from './tail.ts';
import { writeVerifier } from './verifier.ts';
import { verifyLedger } from './verify.ts';
import { explainRecord } from './why.ts';
import { listWitnesses } from './witnesses.ts';

export const commands: readonly CommandDefinition[] = [
  tailLedger,
  searchLedger,
  useQueries,
  showRecord,
  listReaders,
  explainRecord,
  traceImpact,
  exportLedger,
  bundleLedger,
  verifyLedger,
  writeVerifier,
  showCheckpoint,
  listStreams,
  useSinks,
  proveConsistency,
  compareLedger,
  monitorLedger,
  listWitnesses,
  eraseRecords,
  listErasures,
  cancelErasure,
  showClock,
  listHolds,
  addHold,
  endHold,
  backUpKeys,
  listKeyCopies,
];
