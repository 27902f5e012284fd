import { defineCommand } from '../../command.ts';
import { collect, parseTime } from '../../parse-options.ts';
import {
  type FileOptions,
  fileOptions,
  printEvidence,
  reportsPath,
  requireFile,
  type SignedEvidence,
  writeFile,
} from './evidence-facts.ts';

interface ReportOptions extends FileOptions {
  readonly framework?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly seed?: string;
}

export const makeReport = defineCommand<ReportOptions>({
  usage: 'report',
  summary: 'make a signed report of what speaks for and against each control',
  options: [
    { flags: '--framework <id>', summary: 'only this one; many times', parse: collect },
    { flags: '--from <time>', summary: 'since then: a time, or an age such as 30d', parse: parseTime },
    { flags: '--to <time>', summary: 'before then', parse: parseTime },
    { flags: '--seed <text>', summary: 'what samples are drawn by; whoever audits may name one' },
    ...fileOptions,
  ],
  examples: [
    'evidence report --from 90d --out evidence.json',
    'evidence report --framework owasp-agentic --format pdf --out evidence.pdf',
  ],
  async run(session, { framework, from, to, seed, ...files }) {
    requireFile(files);
    session.print.note('Looking through the ledger of the period.');
    const signed = await session.api().sendPatiently<SignedEvidence>('POST', reportsPath, {
      ...(framework === undefined ? {} : { frameworks: framework }),
      ...{ ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
      ...(seed === undefined ? {} : { seed }),
    });
    await writeFile(session, signed, files);
    if (session.json) session.print.item(signed, []);
    else printEvidence(session, signed);
    return undefined;
  },
});
