import { writeFileSync } from 'node:fs';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import type { ControlClient } from '../../control/control-client.ts';
import { printReport, type RunFacts, type SignedRun, writeResults } from './report.ts';

export const showRun = defineCommand<{ out?: string; junit?: string }>({
  usage: 'show [run]',
  summary: 'every step of a run with its evidence; the newest run when none is named',
  options: [
    { flags: '--out <file>', summary: 'write the signed report there as JSON' },
    { flags: '--junit <file>', summary: 'write the results there as JUnit XML' },
  ],
  async run(session, { out, junit }, named) {
    const id = named ?? (await findNewest(session.api()));
    const signed = await session.api().get<SignedRun>(`/v1/exposure/drills/runs/${encodeURIComponent(id)}`);
    if (out !== undefined) writeFileSync(out, `${JSON.stringify(signed, null, 2)}\n`);
    if (junit !== undefined) writeFileSync(junit, `${writeResults(signed)}\n`);
    if (session.json) session.print.item(signed, []);
    else printReport(session, signed, true);
    return undefined;
  },
});

async function findNewest(api: ControlClient): Promise<string> {
  const [newest] = await api.list<RunFacts>('/v1/exposure/drills/runs', { limit: 1 }, 1);
  if (newest === undefined) throw new CliError('no drill was ever run', { fix: 'countersign drills run' });
  return newest.id;
}
