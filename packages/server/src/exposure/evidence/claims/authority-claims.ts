import { sayCount } from '../say-count.ts';
import type { Claim } from './claim.ts';
import { countRecords, objectTo, readText } from './count-records.ts';

/** What agents were given, and for how long. */
export const authorityClaims: readonly Claim[] = [
  countRecords({
    id: 'delegations-bounded',
    sentence: 'Authority is given within limits, and taken back.',
    kinds: ['delegation.created', 'delegation.revoked'],
    counted: 'delegations given and revoked',
  }),
  countRecords({
    id: 'chains-narrowed',
    sentence: 'What agents pass on to agents is never more than they hold.',
    kinds: ['delegation.created'],
    where: (record) => readText(record, 'parent') !== '',
    counted: 'delegations that agents passed on',
  }),
  countRecords({
    id: 'tokens-bound',
    sentence: 'Tokens are bound to a key that only their holder has.',
    kinds: ['token.issued'],
    counted: 'tokens issued',
    by: (record) => readText(record, 'binding') || 'unknown',
    against: (records) =>
      objectTo(
        records,
        (record) => readText(record, 'binding') === 'none' || readText(record, 'binding') === 'bearer',
        'tokens bound to no key',
      ),
  }),
  {
    id: 'token-life',
    sentence: 'Tokens live for minutes.',
    async look({ context, records }) {
      const { items, complete } = await records.of('token.issued');
      const lives = items.flatMap(({ at, body }) =>
        typeof body?.expiresAt === 'number' ? [Math.round((body.expiresAt - at) / 1000)] : [],
      );
      const { lifetimeSeconds, interactiveLifetimeSeconds } = context.config.tokens;
      const longest = lives.length === 0 ? '' : `; the longest was to live ${Math.max(...lives)} s`;
      return {
        ...{ records: items, complete, statement: `${items.length} tokens issued${longest}`, against: [] },
        facts: [
          { name: 'tokens.lifetimeSeconds', value: String(lifetimeSeconds) },
          { name: 'tokens.interactiveLifetimeSeconds', value: String(interactiveLifetimeSeconds) },
        ],
      };
    },
  },
  countRecords({
    id: 'tokens-refused',
    sentence: 'Requests for tokens that prove too little are refused.',
    kinds: ['token.refused'],
    counted: 'refusals of tokens',
  }),
  countRecords({
    id: 'tokens-ended',
    sentence: 'Tokens and delegations end before their time when there is cause.',
    kinds: ['token.revoked', 'token.family_ended', 'delegation.revoked'],
    counted: 'tokens and delegations ended early',
  }),
  countRecords({
    id: 'credentials-minted',
    sentence: 'Credentials of upstreams are made for one task, or are a person’s own.',
    kinds: ['upstream.credential_minted', 'upstream.connection_made'],
    counted: 'credentials made and accounts connected',
  }),
  countRecords({
    id: 'secrets-changed',
    sentence: 'Secrets of upstreams are kept by the gateway and changed; agents never hold them.',
    kinds: ['secret.stored', 'secret.rotated', 'secret.removed'],
    counted: 'changes of secrets',
  }),
  {
    id: 'secrets-aged',
    sentence: 'No secret is older than it may be.',
    async look({ context, records }) {
      const entries = await context.secrets.list();
      const ages = entries.map((entry) => context.secretAges.describe(entry));
      const tooOld = ages.filter(({ state }) => state === 'too_old').length;
      const unlimited = ages.filter(({ state }) => state === 'unlimited').length;
      const since = ages.flatMap((age) => (age.since === null ? [] : [age.since]));
      const oldest = since.length === 0 ? null : Math.min(...since);
      const { items, complete } = await records.of('secret.aging');
      const days = oldest === null ? null : Math.floor((context.platform.now() - oldest) / 86_400_000);
      return {
        ...{ records: items, complete },
        statement: `${entries.length} secrets are kept${days === null ? '' : `, the oldest since ${days} days`}; ${items.length} warnings in the period`,
        against:
          tooOld === 0
            ? []
            : [{ text: `${sayCount(tooOld, 'secret')} older than allowed now`, records: items }],
        facts: [
          { name: 'secrets without a limit of age', value: String(unlimited) },
          { name: 'secrets kept', value: String(entries.length) },
        ],
      };
    },
  },
  countRecords({
    id: 'environments-held',
    sentence: 'Calls are refused outside the environments that authority is for.',
    kinds: ['action.refused'],
    where: (record) => readText(record, 'code').includes('limit'),
    counted: 'calls refused because they were outside what was given',
    facts: ({ context }) => [{ name: 'server.environment', value: context.config.server.environment }],
  }),
];
