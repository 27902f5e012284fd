import type { CommandDefinition } from '../../command.ts';
import { listFrameworks } from './list.ts';
import { makeReport } from './report.ts';
import { listReports } from './reports.ts';
import { showReport } from './show.ts';
import { verifyReport } from './verify.ts';

export const commands: readonly CommandDefinition[] = [
  listFrameworks,
  makeReport,
  listReports,
  showReport,
  verifyReport,
];
