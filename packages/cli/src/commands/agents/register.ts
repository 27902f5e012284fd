import { type KeyOptions, keyOptions, readPublicKey } from '../../agent-key-file.ts';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import type { ControlClient } from '../../control/control-client.ts';
import { collect } from '../../parse-options.ts';
import type { Person } from '../people/person.ts';
import { type AgentFacts, agentFields } from './agent.ts';

interface RegisterOptions extends KeyOptions {
  readonly purpose: string;
  readonly environment: string;
  readonly owner?: string;
  readonly workload?: string;
  readonly group?: readonly string[];
}

export const registerAgent = defineCommand<RegisterOptions>({
  usage: 'register <name>',
  summary:
    'register an agent under its own public key or as a workload; it may do nothing until somebody delegates to it',
  options: [
    { flags: '--purpose <text>', summary: 'what it is for', required: true },
    { flags: '--owner <person>', summary: 'who is accountable for it (default: the only person there is)' },
    { flags: '--environment <name>', summary: 'where it works', initial: 'development' },
    {
      flags: '--group <name>',
      summary: 'a group that policies know it by; may be given again',
      parse: collect,
    },
    {
      flags: '--workload <trust=subject>',
      summary: 'it is this workload of a trusted platform and keeps no key',
    },
    ...keyOptions,
  ],
  examples: [
    'agents register refund-bot --purpose "Refund orders" --workload mesh=spiffe://prod.example/ns/billing/sa/refunds',
    'agents register invoice-bot --purpose "Pay due invoices" --generate-key invoice-bot.key',
  ],
  async run(session, { purpose, environment, owner, workload, group, ...key }, name = '') {
    const ownerId = owner ?? (await findOnlyPerson(session.api()));
    const groups = group ?? [];
    const body = { name, ownerId, purpose, environment, groups, ...(await readProof(workload, key)) };
    const agent = await session.api().send<AgentFacts>('POST', '/v1/agents', body);
    session.print.item(agent, agentFields);
    if (key.generateKey !== undefined)
      session.print.note(`Its private key is in ${key.generateKey}: give it to the agent and nobody else.`);
    session.print.next(
      `delegations create --agent ${name} --allow '<upstream>/<tool>' --purpose '…' --default`,
    );
    return undefined;
  },
});

async function findOnlyPerson(api: ControlClient): Promise<string> {
  const people = (await api.list<Person>('/v1/people')).filter(({ state }) => state === 'active');
  const [only, ...others] = people;
  if (only !== undefined && others.length === 0) return only.id;
  throw new CliError(
    only === undefined ? 'nobody has joined yet who could own it' : 'name its owner with --owner',
    {
      fix: '`countersign people list` shows who there is',
    },
  );
}

async function readProof(
  workload: string | undefined,
  key: KeyOptions,
): Promise<Readonly<Record<string, unknown>>> {
  if (workload === undefined) return { jwk: await readPublicKey(key) };
  if (key.key !== undefined || key.generateKey !== undefined) {
    throw new CliError('a workload keeps no key: give either --workload or a key');
  }
  const at = workload.indexOf('=');
  if (at < 1) throw new CliError('--workload takes <trust>=<subject>');
  return { workload: { trust: workload.slice(0, at), subject: workload.slice(at + 1) } };
}
