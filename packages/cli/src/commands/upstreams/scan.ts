import { defineCommand } from '../../command.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { showFindings, type ToolFacts } from './upstream.ts';

interface Scanned {
  readonly scanned: number;
  readonly tools: readonly ToolFacts[];
}

export const scanUpstreams = defineCommand<{ hold?: boolean }>({
  usage: 'scan [name]',
  summary:
    'look at the definitions of all tools again: hidden text, instructions to the model, names like others',
  options: [{ flags: '--hold', summary: 'hold tools in force with findings that nobody has acknowledged' }],
  examples: ['upstreams scan', 'upstreams scan payments --hold'],
  async run(session, { hold = false }, upstream?: string) {
    const body = { ...(upstream === undefined ? {} : { upstream }), hold };
    const seen = await session.api().send<Scanned>('POST', '/v1/upstreams/scan', body);
    if (session.json) {
      session.print.item(seen, []);
      return undefined;
    }
    session.print.rows(
      seen.tools,
      [
        ['TOOL', ({ upstream: at, name }) => `${at}/${name}`],
        ['STATE', ({ state, findingsSeen }) => `${state}${findingsSeen ? ' (seen)' : ''}`],
        ['FINDINGS', ({ findings }) => showFindings(findings)],
      ],
      `nothing found in ${seen.scanned} tools`,
    );
    const unseen = seen.tools.find(({ findingsSeen }) => !findingsSeen);
    if (unseen !== undefined)
      session.print.next(`upstreams diff ${showHonestly(`${unseen.upstream}/${unseen.name}`)}`);
    return undefined;
  },
});
