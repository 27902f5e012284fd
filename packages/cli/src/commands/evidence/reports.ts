import { defineCommand } from '../../command.ts';
import { parseCount } from '../../parse-options.ts';
import { type ReportFacts, reportFields, reportsPath } from './evidence-facts.ts';

export const listReports = defineCommand<{ limit: number }>({
  usage: 'reports',
  summary: 'reports of evidence that are kept, newest first',
  options: [{ flags: '--limit <count>', summary: 'at most so many', parse: parseCount, initial: 20 }],
  async run(session, { limit }) {
    const query = { limit: Math.min(Math.max(limit, 1), 200) };
    const reports = await session.api().list<ReportFacts>(reportsPath, query, limit);
    session.print.rows(reports, reportFields, 'no report was ever made: countersign evidence report');
    return undefined;
  },
});
