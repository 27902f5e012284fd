import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { findAgentId } from '../agents/agent.ts';
import { type StopFacts, stopFields } from './stop-facts.ts';

const scopes = ['agent', 'delegation', 'task', 'owner', 'tool', 'upstream', 'everything'] as const;

export const stopScope = defineCommand<{ reason: string }>({
  usage: 'stop <scope> [target]',
  summary: `stop an ${scopes.slice(0, -1).join(', ')} or everything, now, calls in flight too`,
  options: [{ flags: '--reason <text>', summary: 'why; people who meet the stop read it', required: true }],
  examples: [
    "signals stop agent invoice-bot --reason 'odd payments'",
    "signals stop tool payments/send_payment --reason 'bank incident'",
    "signals stop everything --reason 'drill'",
  ],
  async run(session, { reason }, scope = '', named) {
    if (!scopes.includes(scope as (typeof scopes)[number]))
      throw new CliError(`${scope} is not one of ${scopes.join(', ')}`);
    if ((named === undefined) !== (scope === 'everything'))
      throw new CliError(scope === 'everything' ? 'everything takes no target' : `say which ${scope}`);
    const api = session.api();
    const target = scope === 'agent' && named !== undefined ? await findAgentId(api, named) : named;
    const body = { scope, reason, ...(target === undefined ? {} : { target }) };
    const { stop, cut } = await api.send<{ stop: StopFacts; cut: readonly string[] }>(
      'POST',
      '/v1/signals',
      body,
    );
    session.print.item({ ...stop, cut }, [...stopFields, ['CALLS CUT', (stopped) => stopped.cut]]);
    session.print.next(`signals lift ${stop.id}`);
    return undefined;
  },
});
