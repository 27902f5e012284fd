import { EFFECTS, isActionPattern } from '@countersign/core';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { collect, parseCount, parseDuration, readJsonFile } from '../../parse-options.ts';
import { findAgentId } from '../agents/agent.ts';
import { type Delegation, delegationDetailFields } from './delegation.ts';

interface CreateOptions {
  readonly agent: string;
  readonly purpose: string;
  readonly allow?: readonly string[];
  readonly effect?: readonly string[];
  readonly expires: number;
  readonly calls?: number;
  readonly spend?: number;
  readonly currency?: string;
  readonly from?: string;
  readonly default?: boolean;
  readonly limits?: string;
}

export const createDelegation = defineCommand<CreateOptions>({
  usage: 'create',
  summary: 'let an agent act for its owner, within limits',
  options: [
    { flags: '--agent <agent>', summary: 'id or name', required: true },
    { flags: '--purpose <text>', summary: 'what it is for', required: true },
    {
      flags: '--allow <pattern>',
      summary: '<upstream>/<tool>, with * for any; may be given many times',
      parse: collect,
    },
    {
      flags: '--effect <effect>',
      summary: `of ${EFFECTS.join(', ')}; many times (default: read)`,
      parse: collect,
    },
    {
      flags: '--expires <duration>',
      summary: 'from now, at most 90d',
      parse: parseDuration,
      initial: 28_800,
    },
    { flags: '--calls <count>', summary: 'how many calls in all', parse: parseCount },
    {
      flags: '--spend <amount>',
      summary: 'how much in all, in minor units such as cents',
      parse: parseCount,
    },
    { flags: '--currency <code>', summary: 'of the amount, such as EUR' },
    { flags: '--from <person>', summary: "whose permission it is (default: the agent's owner)" },
    { flags: '--default', summary: 'tasks that name no delegation are opened under this one' },
    {
      flags: '--limits <file>',
      summary: 'JSON with more: argument constraints, data domains, environments, depth',
    },
  ],
  examples: [
    "delegations create --agent invoice-bot --purpose 'Pay invoices' --allow 'payments/*' --effect read --effect spend --spend 50000 --currency EUR",
  ],
  async run(session, options) {
    const agentId = await findAgentId(session.api(), options.agent);
    const body = {
      agentId,
      purpose: options.purpose,
      isDefault: options.default === true,
      limits: readLimits(options, session.now()),
      ...(options.from === undefined ? {} : { fromPersonId: options.from }),
    };
    session.print.item(
      await session.api().send<Delegation>('POST', '/v1/delegations', body),
      delegationDetailFields,
    );
    session.print.next(`tasks list --agent ${agentId}`);
    return undefined;
  },
});

function readLimits(options: CreateOptions, now: number): object {
  const file = options.limits === undefined ? {} : readJsonFile(options.limits);
  if (typeof file !== 'object' || file === null) throw new CliError(`${options.limits} holds no limits`);
  const actions = options.allow ?? ('actions' in file ? undefined : []);
  if (actions?.length === 0) throw new CliError('name what it may do with --allow or --limits');
  const odd = actions?.find((pattern) => !isActionPattern(pattern));
  if (odd !== undefined)
    throw new CliError(`${odd} is no pattern such as payments/list_invoices or payments/*`);
  const named = {
    actions,
    effects: options.effect,
    calls: options.calls,
    spendMinor: options.spend,
    currency: options.currency,
    expiresAt: 'expiresAt' in file ? undefined : now + options.expires * 1000,
    upstreams: 'upstreams' in file ? undefined : readUpstreams(actions),
  };
  return { ...file, ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)) };
}

/** The upstreams that the patterns name; all when one of them leaves it open. */
function readUpstreams(actions: readonly string[] | undefined): readonly string[] | '*' {
  const names = (actions ?? ['*']).map((pattern) => pattern.split('/')[0] ?? '*');
  return names.some((name) => name.includes('*')) ? '*' : [...new Set(names)];
}
