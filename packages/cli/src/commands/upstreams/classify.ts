import { ARGUMENT_ROLES, EFFECTS, REVERSIBILITIES, SENSITIVITIES } from '@countersign/core';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { collect } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { type LabelOptions, readLabels, readRoles, resultTrusts } from './read-labels.ts';
import {
  type ArgumentRoleFacts,
  labelFields,
  type ResultLabelFacts,
  readToolPath,
  type ToolFacts,
  toolFields,
} from './upstream.ts';

interface ClassifyOptions extends LabelOptions {
  readonly effect?: readonly string[];
  readonly dataDomain?: string;
  readonly reversibility?: string;
  readonly proposed?: boolean;
  readonly amountPointer?: string;
  readonly amountCurrency?: string;
  readonly sentence?: string;
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
    {
      flags: '--role <pointer=role>',
      summary: `what an argument means: ${ARGUMENT_ROLES.join(', ')}, none; many times`,
      parse: collect,
    },
    { flags: '--result-trust <word>', summary: 'whether its results are believed', choices: resultTrusts },
    {
      flags: '--result-field <field=label>',
      summary: 'of one member of its results: trusted, untrusted, or how sensitive; many times',
      parse: collect,
    },
    {
      flags: '--sensitivity <word>',
      summary: `of its results: ${SENSITIVITIES.join(', ')}`,
      choices: SENSITIVITIES,
    },
    {
      flags: '--audience <who>',
      summary: 'who may see its results, such as group:finance, or anyone; many times',
      parse: collect,
    },
    {
      flags: '--serialised',
      summary: 'its text results are written by a library, which quotes what could pass for structure',
    },
    {
      flags: '--sentence <template>',
      summary:
        'what people read when they are asked, such as "Refund {/amount} to {/to}[ for {/reason}]"; empty: none',
    },
    { flags: '--digest <digest>', summary: 'only if this is the definition in force' },
  ],
  examples: [
    'upstreams classify payments/send_payment --effect spend --data-domain payments --amount-pointer /amount_minor --amount-currency /currency',
    'upstreams classify files/list_directory --proposed --data-domain files',
    "upstreams classify payments/refund --effect spend --data-domain payments --sentence 'Refund {/amount} to {/to}'",
    'upstreams classify mail/send --proposed --role /to=destination --result-trust trusted --result-field body=untrusted',
  ],
  async run(session, options, named = '') {
    const path = readToolPath(named);
    const { effect, dataDomain, reversibility, amountPointer, amountCurrency, digest } = options;
    const said = {
      effects: effect,
      dataDomain,
      reversibility,
      amountPointer,
      amountCurrency,
      digest,
      ...saySentence(options),
    };
    const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
    const base = await readBase(session, path, options);
    const body = { ...base?.said, ...given, ...sayLabels(options, base) };
    if (!('effects' in body) || !('dataDomain' in body))
      throw new CliError('say what it does: --effect and --data-domain, or --proposed');
    session.print.item(await session.api().send<ToolFacts>('PUT', `${path}/classification`, body), [
      ...toolFields,
      ...labelFields,
    ]);
    return undefined;
  },
});

/** An empty one takes back what was said before. */
function saySentence({ sentence }: ClassifyOptions): object {
  if (sentence === undefined) return {};
  return { sentence: sentence === '' ? null : sentence };
}

interface Base {
  /** What is said of the tool where the person says nothing else. */
  readonly said: object;
  readonly argumentRoles: readonly ArgumentRoleFacts[];
  readonly resultLabels: ResultLabelFacts;
}

/** The proposal, or what a person has confirmed before, where the answer builds on it. */
async function readBase(session: Session, path: string, options: ClassifyOptions): Promise<Base | undefined> {
  const buildsOn = [readLabels(options), options.role, options.sentence].some((one) => one !== undefined);
  if (options.proposed !== true && !buildsOn) return undefined;
  const tool = await session.api().get<ToolFacts>(path);
  if (options.proposed !== true) return { ...tool, said: tool.confirmed ? sayAsBefore(tool) : {} };
  if (tool.offeredDigest !== null)
    throw new CliError('it waits to be accepted: look at it and accept it first', {
      fix: '`countersign upstreams diff <tool>` shows what changed',
    });
  const { effects, reversibility, dataDomain, argumentRoles, resultLabels } = tool.proposal;
  // The digest of what it is about: the answer of a person must not land on another definition.
  const said = { effects, reversibility, digest: tool.digest, argumentRoles, resultLabels };
  return { argumentRoles, resultLabels, said: dataDomain === null ? said : { ...said, dataDomain } };
}

function sayAsBefore(tool: ToolFacts): object {
  const { effects, reversibility, dataDomain, amountPointer, amountCurrency, digest } = tool;
  return { effects, reversibility, dataDomain, amountPointer, amountCurrency, digest };
}

function sayLabels(options: ClassifyOptions, base: Base | undefined): object {
  const argumentRoles = readRoles(options.role, base?.argumentRoles ?? []);
  const resultLabels = readLabels(options, base?.resultLabels);
  return {
    ...(argumentRoles === undefined ? {} : { argumentRoles }),
    ...(resultLabels === undefined ? {} : { resultLabels }),
  };
}
