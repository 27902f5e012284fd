import { defineCommand } from '../../command.ts';
import { type Finding, findDevRisks, findOpenFiles } from '../../dev-findings.ts';
import { exitCodes } from '../../exit-codes.ts';
import { showHonestly } from '../../output/honest-text.ts';
import type { Session } from '../../session.ts';
import { checkChannels } from './check-channels.ts';
import { checkClock } from './check-clock.ts';
import { checkDirectories } from './check-directories.ts';
import { checkDrills } from './check-drills.ts';
import { checkGhosts } from './check-ghosts.ts';
import { checkGlass } from './check-glass.ts';
import { checkHooks } from './check-hooks.ts';
import { checkIndex } from './check-index.ts';
import { checkKeyCopies } from './check-key-copies.ts';
import { checkPeople } from './check-people.ts';
import { checkPolicies } from './check-policies.ts';
import { checkServer } from './check-server.ts';
import { checkSinks } from './check-sinks.ts';
import { checkUpstreams } from './check-upstreams.ts';
import { checkWitnesses } from './check-witnesses.ts';

export const examine = defineCommand({
  usage: 'doctor',
  summary:
    'find what is wrong or unsafe, with the command that fixes it; ends with 4 when something is wrong',
  async run(session) {
    const findings = await findAll(session);
    const { colors } = session.print;
    const paint = {
      error: colors.red('■ error  '),
      warning: colors.yellow('◐ warning'),
      info: colors.dim('○ info   '),
    };
    if (session.json) session.print.item({ findings }, []);
    for (const { id, severity, what, fix } of session.json ? [] : findings) {
      session.print.text(`${paint[severity]} ${id}: ${showHonestly(what)}\n    fix: ${showHonestly(fix)}`);
    }
    if (findings.length === 0) session.print.note(colors.green('Nothing found.'));
    return findings.some(({ severity }) => severity === 'error')
      ? exitCodes.verificationFailed
      : exitCodes.done;
  },
});

async function findAll(session: Session): Promise<readonly Finding[]> {
  const { dataFolder } = session;
  const { issuer, findings } = await checkServer(session.serverUrl(), session.now);
  const files = findOpenFiles(dataFolder);
  if (issuer === undefined) return [...findings, ...files];
  const api = session.api();
  const rank = { error: 0, warning: 1, info: 2 };
  return [
    ...findings,
    ...files,
    ...findDevRisks({ publicUrl: issuer, dataFolder }),
    ...(await checkPeople(api)),
    ...(await checkDirectories(api, session.now())),
    ...(await checkPolicies(api)),
    ...(await checkDrills(api, session.now())),
    ...(await checkUpstreams(api)),
    ...(await checkHooks(api, session.now())),
    ...(await checkGhosts(api)),
    ...(await checkChannels(api, session.now())),
    ...(await checkGlass(api)),
    ...(await checkSinks(api, session.now())),
    ...(await checkWitnesses(api)),
    ...(await checkKeyCopies(api)),
    ...(await checkClock(api)),
    ...(await checkIndex(api)),
  ].sort((a, b) => rank[a.severity] - rank[b.severity]);
}
