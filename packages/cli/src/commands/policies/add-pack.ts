import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pack, PackFit } from '@countersign/server/authoring';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Session } from '../../session.ts';
import type { ToolFacts } from '../upstreams/upstream.ts';
import type { PolicyFile } from './bundle.ts';

interface AddPackOptions {
  readonly upstream?: string;
  readonly folder?: string;
  readonly activate?: boolean;
}

export const addPack = defineCommand<AddPackOptions>({
  usage: 'add-pack <name>',
  summary:
    'write the policies, tools and tests of a pack into a folder, or put them in force beside those that are',
  options: [
    { flags: '--upstream <name>', summary: 'the upstream it is for (default: the name of the pack)' },
    { flags: '--folder <folder>', summary: 'write the files there' },
    {
      flags: '--activate',
      summary: 'put them in force with the current bundle, if the tools of the upstream fit',
    },
  ],
  examples: [
    'policies add-pack github --folder policies',
    'policies add-pack postgres --upstream orders-db --activate',
  ],
  async run(session, { upstream, folder, activate }, name = '') {
    if ((folder === undefined) === (activate !== true))
      throw new CliError('give either --folder or --activate');
    const { readPack, fitPack } = await import('@countersign/server/authoring');
    const pack = await readPack(name, upstream);
    if (folder !== undefined) {
      session.print.rows(writePack(folder, pack), [['WRITTEN', ({ path }) => path]]);
      session.print.next(`policies check ${folder}`, `policies test ${folder}`);
      return undefined;
    }
    const path = `/v1/upstreams/${encodeURIComponent(pack.upstream)}/tools`;
    const fit = fitPack(pack, await session.api().list<ToolFacts>(path));
    requireFit(pack, fit);
    const activation = await activateWith(session, pack.policies);
    session.print.item(activation, [
      ['VERSION', ({ version }) => version],
      ['DIGEST', ({ digest }) => digest],
    ]);
    adviseOn(session, pack, fit);
    return undefined;
  },
});

function writePack(folder: string, { policies, tools, tests }: Pack): readonly { readonly path: string }[] {
  const files = [policies, tools, tests].map(({ name, text }) => ({ path: join(folder, name), text }));
  const there = files.find(({ path }) => existsSync(path));
  if (there !== undefined)
    throw new CliError(`${there.path} is there already`, {
      fix: 'move it away, or choose another --upstream',
    });
  mkdirSync(folder, { recursive: true });
  for (const { path, text } of files) writeFileSync(path, text, { flag: 'wx' });
  return files.map(({ path }) => ({ path }));
}

function requireFit({ name, upstream }: Pack, { missing }: PackFit): void {
  if (missing.length === 0) return;
  throw new CliError(`the pack ${name} names tools that ${upstream} does not offer: ${missing.join(', ')}`, {
    exitCode: exitCodes.policyInvalid,
    fix: `countersign policies add-pack ${name} --folder <folder>, and take those rules out`,
  });
}

interface Activation {
  readonly version: string;
  readonly digest: string;
}

async function activateWith(session: Session, added: PolicyFile): Promise<Activation> {
  const { files } = await session.api().get<{ files: readonly PolicyFile[] }>('/v1/policies/active');
  const others = files.filter(({ name }) => name !== added.name);
  return session.api().send<Activation>('POST', '/v1/policies', { files: [...others, added] });
}

/** A pack decides by what tools are confirmed to do. */
function adviseOn(session: Session, { upstream }: Pack, { unclassified, unknown }: PackFit): void {
  for (const { name, effects, sentence } of unclassified) {
    const flags = effects.map((effect) => `--effect ${effect}`).join(' ');
    const said = sentence === null ? '' : ` --sentence '${sentence}'`;
    session.print.next(`upstreams classify ${upstream}/${name} ${flags} --data-domain ${upstream}${said}`);
  }
  if (unknown.length > 0) session.print.note(`the pack does not know: ${unknown.join(', ')}`);
}
