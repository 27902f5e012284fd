import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import type { ControlClient } from '../../control/control-client.ts';
import {
  type FileOptions,
  fileOptions,
  printEvidence,
  type ReportFacts,
  reportsPath,
  requireFile,
  type SignedEvidence,
  writeFile,
} from './evidence-facts.ts';

export const showReport = defineCommand<FileOptions>({
  usage: 'show [report]',
  summary: 'a report that is kept; the newest when none is named',
  options: fileOptions,
  examples: ['evidence show --format oscal --out oscal.json'],
  async run(session, options, named) {
    requireFile(options);
    const id = named ?? (await findNewest(session.api()));
    const signed = await session.api().get<SignedEvidence>(`${reportsPath}/${encodeURIComponent(id)}`);
    await writeFile(session, signed, options);
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
