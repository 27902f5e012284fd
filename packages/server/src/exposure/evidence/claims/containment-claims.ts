import type { Claim } from './claim.ts';
import { countRecords } from './count-records.ts';

/** What holds things up, and what is known of the world outside. */
export const containmentClaims: readonly Claim[] = [
  countRecords({
    id: 'stops-made',
    sentence: 'People stop agents, tools or everything, and it reaches calls in flight.',
    kinds: ['signal.stopped', 'signal.lifted'],
    counted: 'stops and liftings of them',
  }),
  countRecords({
    id: 'risk-noted',
    sentence: 'Risk that others tell of changes what is let through.',
    kinds: ['signal.risk_changed', 'signal.model_changed', 'policy.warned'],
    counted: 'changes of risk and warnings',
  }),
  countRecords({
    id: 'signals-exchanged',
    sentence: 'Security events are exchanged with others.',
    kinds: ['signal.received', 'signal.event_refused', 'signal.receiver_added', 'signal.stream_changed'],
    counted: 'events and changes of their streams',
    facts: ({ context }) => [
      { name: 'transmitters trusted', value: String(context.config.signals.transmitters.length) },
    ],
  }),
  countRecords({
    id: 'upstreams-listed',
    sentence: 'Only upstreams that were added by name can be reached.',
    kinds: ['upstream.added', 'upstream.removed'],
    counted: 'additions and removals of upstreams',
    facts: ({ context }) => [{ name: 'upstreams, now', value: String([...context.upstreams.list()].length) }],
  }),
  countRecords({
    id: 'tools-pinned',
    sentence: 'The definitions of tools are pinned.',
    kinds: ['upstream.tools_pinned', 'upstream.tool_accepted'],
    counted: 'pinnings and acceptances',
  }),
  countRecords({
    id: 'tools-classified',
    sentence: 'People say what tools do to the world.',
    kinds: ['upstream.tool_classified'],
    counted: 'classifications of tools',
    async facts({ context }) {
      const { count } = await context.store.sql
        .selectFrom('tools')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('confirmed', '=', 0)
        .executeTakeFirstOrThrow();
      return [{ name: 'tools that nobody has confirmed, taken for the worst', value: String(Number(count)) }];
    },
  }),
  countRecords({
    id: 'tools-held',
    sentence: 'Tools whose definition changes or looks like an attack are held.',
    kinds: ['upstream.tool_quarantined', 'upstream.tool_flagged'],
    counted: 'tools held or flagged',
  }),
  countRecords({
    id: 'policies-versioned',
    sentence: 'Policies have versions, and who put each in force is recorded.',
    kinds: ['policy.activated', 'policy.refused', 'policy.mode_switched'],
    counted: 'changes of policies',
    facts: ({ context }) => [{ name: 'policy version in force', value: context.policies.version }],
  }),
  countRecords({
    id: 'drills-run',
    sentence: 'Attacks are tried on purpose against the policies in force.',
    kinds: ['exposure.drill_finished'],
    counted: 'runs of drills',
    by: ({ body }) => (body?.passed === true ? 'all contained' : 'not all contained'),
  }),
  {
    id: 'ledger-proven',
    sentence: 'The record of all this can be checked by others, and nothing in it can be changed unseen.',
    async look({ context, records }) {
      const { size } = await context.store.checkpoint();
      const started = await records.of('server.started');
      const exported = await records.of('ledger.exported');
      const items = [...exported.items, ...started.items];
      return {
        ...{ records: items, complete: started.complete && exported.complete },
        statement: `the checkpoint of this report is over ${size} records; ${exported.items.length} exports and ${started.items.length} starts of the server in the period`,
        ...{ against: [], facts: [{ name: 'records in the tree', value: String(size) }] },
      };
    },
  },
  countRecords({
    id: 'evidence-sent',
    sentence: 'Evidence is sent on to systems of others.',
    kinds: ['ledger.exported', 'ledger.sink_tested', 'ledger.sink_refused', 'ledger.sink_resent'],
    counted: 'exports and changes at sinks',
    facts: ({ context }) => [{ name: 'ledger.sinks', value: String(context.config.ledger.sinks.length) }],
  }),
  {
    id: 'configuration-strict',
    sentence: 'The server is set up without what weakens it.',
    async look({ context: { config } }) {
      const facts = [
        { name: 'server.publicUrl', value: config.server.publicUrl.startsWith('https:') ? 'https' : 'http' },
        { name: 'server.environment', value: config.server.environment },
        { name: 'tokens.unbound', value: config.tokens.unbound },
        { name: 'tokens.dynamicRegistration', value: config.tokens.dynamicRegistration },
      ];
      const weak = config.tokens.unbound === 'policy';
      return {
        ...{
          records: [],
          complete: true,
          statement: 'the settings in force when the report was made',
          facts,
        },
        against: weak ? [{ text: 'tokens without proof of possession are left to policy', records: [] }] : [],
      };
    },
  },
];
