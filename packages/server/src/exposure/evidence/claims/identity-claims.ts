import { listGhosts } from '../../../reviews/index.ts';
import { sayCount } from '../say-count.ts';
import type { Claim } from './claim.ts';
import { countRecords, objectTo, readText } from './count-records.ts';

const ended = new Set(['suspended', 'orphaned', 'retired']);

/** Who the agents are, and who answers for them. */
export const identityClaims: readonly Claim[] = [
  countRecords({
    id: 'agents-registered',
    sentence: 'Agents are registered with a purpose and a person who answers for them.',
    kinds: ['agent.registered'],
    counted: 'registrations',
  }),
  {
    id: 'agents-owned',
    sentence: 'A person who is here answers for each agent that may act.',
    async look({ context, records }) {
      const rows = await context.store.sql
        .selectFrom('agents')
        .innerJoin('people', 'people.id', 'agents.owner_id')
        .select(['agents.state as agent', 'people.state as owner'])
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('agents.state', '!=', 'retired')
        .groupBy(['agents.state', 'people.state'])
        .execute();
      const count = (some: typeof rows) => some.reduce((sum, row) => sum + Number(row.count), 0);
      const alone = count(rows.filter(({ agent, owner }) => agent === 'orphaned' || owner === 'suspended'));
      const given = await records.of('agent.handed_over');
      const registered = await records.of('agent.registered');
      const all = count(rows);
      return {
        records: [...given.items, ...registered.items],
        complete: given.complete && registered.complete,
        statement: `${all - alone} of ${all} agents that are not retired have an owner who is here; ${registered.items.length} registered and ${given.items.length} handed over in the period`,
        against:
          alone === 0
            ? []
            : [{ text: `${sayCount(alone, 'agent')} without an owner who is here now`, records: [] }],
        facts: [{ name: 'agents not retired, now', value: String(all) }],
      };
    },
  },
  countRecords({
    id: 'agents-ended',
    sentence: 'Agents are suspended, orphaned and retired, and it is recorded when and why.',
    kinds: ['agent.state_changed'],
    where: (record) => ended.has(readText(record, 'to')),
    counted: 'ends of agents',
    by: (record) => readText(record, 'to'),
  }),
  {
    id: 'leavers-handled',
    sentence: 'When a person leaves, their agents stop.',
    async look({ records }) {
      const left = await records.of('person.left');
      const changed = await records.of('agent.state_changed');
      const lost = changed.items.filter(({ causes }) => left.items.some(({ id }) => causes.includes(id)));
      const times = lost.flatMap((one) =>
        left.items.filter(({ id }) => one.causes.includes(id)).map(({ at }) => Math.max(0, one.at - at)),
      );
      const longest =
        times.length === 0 ? '' : `, the last of them ${Math.max(...times)} ms after it was known`;
      return {
        records: [...left.items, ...lost],
        complete: left.complete && changed.complete,
        statement: `${left.items.length} people left; ${lost.length} agents lost their owner by that${longest}`,
        ...{ against: [], facts: [] },
      };
    },
  },
  {
    id: 'ghosts-found',
    sentence: 'Agents that nobody answers for, uses, or would expect to act as they do are looked for.',
    async look({ context, records }) {
      // It only counts here; who reads evidence may know how many there are.
      const system = { kind: 'system', part: 'evidence' } as const;
      const page = await listGhosts(context, system, { limit: 500 });
      const kinds = [...Map.groupBy(page.items, ({ kind }) => kind)].map(
        ([kind, some]) => `${kind} ${some.length}`,
      );
      const { items, complete } = await records.of('agent.state_changed');
      const handled = items.filter((record) => ended.has(readText(record, 'to')));
      return {
        records: handled,
        complete: complete && page.next === null,
        statement: `${page.examined} agents examined now, ${page.items.length} findings${kinds.length === 0 ? '' : `: ${kinds.join(', ')}`}; ${handled.length} agents ended in the period`,
        against:
          page.items.length === 0
            ? []
            : [{ text: `${sayCount(page.items.length, 'open finding')} about agents now`, records: [] }],
        facts: [{ name: 'agents examined', value: String(page.examined) }],
      };
    },
  },
  countRecords({
    id: 'people-verified',
    sentence: 'People prove who they are with passkeys.',
    kinds: ['person.signed_in', 'person.passkey_added', 'person.verified', 'person.sign_in_refused'],
    counted: 'sign-ins, passkeys, verifications and refusals',
  }),
  countRecords({
    id: 'keys-rotated',
    sentence: 'Keys of agents and of the server are replaced.',
    kinds: ['agent.key_added', 'agent.key_retired', 'token.keys_rotated', 'signal.keys_rotated'],
    counted: 'changes of keys',
  }),
  countRecords({
    id: 'keys-single',
    sentence: 'No two agents use one key.',
    kinds: ['token.issued'],
    where: ({ key, agent }) => key !== undefined && agent !== undefined,
    counted: 'tokens bound to a key of one agent',
    against(records) {
      const agents = new Map<string, string>();
      for (const { key = '', agent = '' } of records) if (!agents.has(key)) agents.set(key, agent);
      return objectTo(
        records,
        ({ key = '', agent }) => agents.get(key) !== agent,
        'tokens for a key that another agent has used',
      );
    },
  }),
  countRecords({
    id: 'workloads-trusted',
    sentence: 'Agents prove what they run as instead of holding a key of long life.',
    kinds: ['agent.workload_added', 'agent.workload_removed'],
    counted: 'workload identities given and taken',
    facts: ({ context }) => [
      { name: 'platforms that vouch for workloads', value: String(context.workloads.length) },
    ],
  }),
];
