import { EFFECTS, REVERSIBILITIES } from '@countersign/core';
import { defineCommand } from '../../command.ts';
import { collect } from '../../parse-options.ts';
import { readToolPath, type ToolFacts, toolFields } from './upstream.ts';

interface ClassifyOptions {
  readonly effect: readonly string[];
  readonly dataDomain: string;
  readonly reversibility?: string;
  readonly amountPointer?: string;
  readonly amountCurrency?: string;
  readonly digest?: string;
}

export const classifyTool = defineCommand<ClassifyOptions>({
  usage: 'classify <tool>',
  summary: 'confirm what a tool does; decisions rest on it from then on',
  options: [
    {
      flags: '--effect <effect>',
      summary: `${EFFECTS.join(', ')}; many times`,
      required: true,
      parse: collect,
    },
    { flags: '--data-domain <domain>', summary: 'which data it touches', required: true },
    {
      flags: '--reversibility <word>',
      summary: `whether it can be taken back: ${REVERSIBILITIES.join(', ')}`,
    },
    { flags: '--amount-pointer <pointer>', summary: 'where in its arguments an amount in minor units is' },
    { flags: '--amount-currency <currency>', summary: 'its currency, or where in the arguments that is' },
    { flags: '--digest <digest>', summary: 'only if this is the definition in force' },
  ],
  examples: [
    'upstreams classify payments/send_payment --effect spend --data-domain payments --amount-pointer /amount_minor --amount-currency /currency',
  ],
  async run(session, options, named = '') {
    const { effect: effects, dataDomain, reversibility, amountPointer, amountCurrency, digest } = options;
    const given = { effects, dataDomain, reversibility, amountPointer, amountCurrency, digest };
    const body = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const path = `${readToolPath(named)}/classification`;
    session.print.item(await session.api().send<ToolFacts>('PUT', path, body), toolFields);
    return undefined;
  },
});
