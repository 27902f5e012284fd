import { EFFECTS, REVERSIBILITIES } from '@countersign/core';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { collect } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { readToolPath, type ToolFacts, toolFields } from './upstream.ts';

interface ClassifyOptions {
  readonly effect?: readonly string[];
  readonly dataDomain?: string;
  readonly reversibility?: string;
  readonly proposed?: boolean;
  readonly amountPointer?: string;
  readonly amountCurrency?: string;
  readonly digest?: string;
}

export const classifyTool = defineCommand<ClassifyOptions>({
  usage: 'classify <tool>',
  summary: 'confirm what a tool does; decisions rest on it from then on',
  options: [
    { flags: '--effect <effect>', summary: `${EFFECTS.join(', ')}; many times`, parse: collect },
    { flags: '--data-domain <domain>', summary: 'which data it touches' },
    {
      flags: '--reversibility <word>',
      summary: `whether it can be taken back: ${REVERSIBILITIES.join(', ')}`,
      choices: REVERSIBILITIES,
    },
    { flags: '--proposed', summary: 'what is proposed, where nothing else is said; look at it first' },
    { flags: '--amount-pointer <pointer>', summary: 'where in its arguments an amount in minor units is' },
    { flags: '--amount-currency <currency>', summary: 'its currency, or where in the arguments that is' },
    { flags: '--digest <digest>', summary: 'only if this is the definition in force' },
  ],
  examples: [
    'upstreams classify payments/send_payment --effect spend --data-domain payments --amount-pointer /amount_minor --amount-currency /currency',
    'upstreams classify files/list_directory --proposed --data-domain files',
  ],
  async run(session, options, named = '') {
    const path = readToolPath(named);
    const { effect, dataDomain, reversibility, amountPointer, amountCurrency, digest } = options;
    const said = { effects: effect, dataDomain, reversibility, amountPointer, amountCurrency, digest };
    const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
    const body = options.proposed === true ? { ...(await readProposal(session, path)), ...given } : given;
    if (!('effects' in body) || !('dataDomain' in body))
      throw new CliError('say what it does: --effect and --data-domain, or --proposed');
    session.print.item(
      await session.api().send<ToolFacts>('PUT', `${path}/classification`, body),
      toolFields,
    );
    return undefined;
  },
});

/** The proposal, with the digest of what it is about: the answer of a person must not land on another definition. */
async function readProposal(session: Session, path: string): Promise<object> {
  const { proposal, digest, offeredDigest } = await session.api().get<ToolFacts>(path);
  if (offeredDigest !== null)
    throw new CliError('it waits to be accepted: look at it and accept it first', {
      fix: '`countersign upstreams diff <tool>` shows what changed',
    });
  const { effects, reversibility, dataDomain } = proposal;
  return { effects, reversibility, digest, ...(dataDomain === null ? {} : { dataDomain }) };
}
