import { defineCommand } from '../../command.ts';
import { collect, parseTime } from '../../parse-options.ts';
import { printEvidence, reportsPath, type SignedEvidence, writeFiles } from './evidence-facts.ts';

interface ReportOptions {
  readonly framework?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly seed?: string;
  readonly out?: string;
  readonly oscal?: string;
}

export const makeReport = defineCommand<ReportOptions>({
  usage: 'report',
  summary: 'make a signed report of what speaks for and against each control',
  options: [
    { flags: '--framework <id>', summary: 'only this one; many times', parse: collect },
    { flags: '--from <time>', summary: 'since then: a time, or an age such as 30d', parse: parseTime },
    { flags: '--to <time>', summary: 'before then', parse: parseTime },
    { flags: '--seed <text>', summary: 'what samples are drawn by; whoever audits may name one' },
    { flags: '--out <file>', summary: 'write the signed report there as JSON' },
    { flags: '--oscal <file>', summary: 'write it there in the shape of OSCAL assessment results' },
  ],
  examples: ['evidence report --from 90d --out evidence.json', 'evidence report --framework owasp-agentic'],
  async run(session, { framework, from, to, seed, out, oscal }) {
    session.print.note('Looking through the ledger of the period.');
    const signed = await session.api().sendPatiently<SignedEvidence>('POST', reportsPath, {
      ...(framework === undefined ? {} : { frameworks: framework }),
      ...{ ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
      ...(seed === undefined ? {} : { seed }),
    });
    await writeFiles(session, signed, {
      ...(out === undefined ? {} : { out }),
      ...(oscal === undefined ? {} : { oscal }),
    });
    if (session.json) session.print.item(signed, []);
    else printEvidence(session, signed);
    return undefined;
  },
});
