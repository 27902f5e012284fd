import { defineCommand } from '../../command.ts';
import { parseCount } from '../../parse-options.ts';
import { type RunFacts, runFields } from './report.ts';

export const listRuns = defineCommand<{ limit: number }>({
  usage: 'runs',
  summary: 'runs of drills, newest first',
  options: [{ flags: '--limit <count>', summary: 'at most so many', parse: parseCount, initial: 20 }],
  async run(session, { limit }) {
    const query = { limit: Math.min(Math.max(limit, 1), 200) };
    const runs = await session.api().list<RunFacts>('/v1/exposure/drills/runs', query, limit);
    session.print.rows(runs, runFields, 'no drill was ever run: countersign drills run');
    return undefined;
  },
});
