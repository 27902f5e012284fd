import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { collect, parseDuration } from '../../parse-options.ts';
import { type EnforcementPointFacts, enforcementPointFields } from './enforcement-point-facts.ts';

interface Options {
  readonly agent: readonly string[];
  readonly agents?: string;
  readonly for?: number;
}

interface Added extends EnforcementPointFacts {
  readonly secret: string;
}

export const addTelemetry = defineCommand<Options>({
  usage: 'add-telemetry <name>',
  summary: 'give an exporter or a collector a secret, good for telling what some agents did and nothing else',
  options: [
    { flags: '--agent <id>', summary: 'of whom it may tell; many times', parse: collect, initial: [] },
    { flags: '--agents <ids>', summary: 'the same, separated by commas' },
    {
      flags: '--for <duration>',
      summary: 'how long it is good for, at most 90d (default: 30d)',
      parse: parseDuration,
    },
  ],
  examples: [
    'tokens add-telemetry desk --agent agt_…',
    'tokens add-telemetry collector --agents agt_…,agt_…',
  ],
  async run(session, { agent, agents, for: seconds = 30 * 86_400 }, name = '') {
    const agentIds = [...agent, ...(agents ?? '').split(',').map((id) => id.trim())].filter(
      (id) => id !== '',
    );
    if (agentIds.length === 0) throw new CliError('say --agent');
    const telemetry = { agentIds, hours: Math.max(1, Math.floor(seconds / 3600)) };
    const added = await session
      .api()
      .send<Added>('POST', '/v1/tokens/enforcement-points', { name, telemetry });
    session.print.item(added, [...enforcementPointFields, ['SECRET, SHOWN ONCE', ({ secret }) => secret]]);
    session.print.note(
      'Exporters take it from OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20<secret>", with /otlp as their endpoint.',
    );
    return undefined;
  },
});
