import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import type { ControlClient } from '../../control/control-client.ts';
import {
  printEvidence,
  type ReportFacts,
  reportsPath,
  type SignedEvidence,
  writeFiles,
} from './evidence-facts.ts';

export const showReport = defineCommand<{ out?: string; oscal?: string }>({
  usage: 'show [report]',
  summary: 'a report that is kept; the newest when none is named',
  options: [
    { flags: '--out <file>', summary: 'write the signed report there as JSON' },
    { flags: '--oscal <file>', summary: 'write it there in the shape of OSCAL assessment results' },
  ],
  async run(session, options, named) {
    const id = named ?? (await findNewest(session.api()));
    const signed = await session.api().get<SignedEvidence>(`${reportsPath}/${encodeURIComponent(id)}`);
    await writeFiles(session, signed, options);
    if (session.json) session.print.item(signed, []);
    else printEvidence(session, signed);
    return undefined;
  },
});

async function findNewest(api: ControlClient): Promise<string> {
  const [newest] = await api.list<ReportFacts>(reportsPath, { limit: 1 }, 1);
  if (newest === undefined)
    throw new CliError('no report was ever made', { fix: 'countersign evidence report' });
  return newest.id;
}
