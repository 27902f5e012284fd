import { formatTime } from '../../output/format-time.ts';
import type { Column } from '../../output/printer.ts';

/** A program of somebody else that asks for decisions and enforces them. */
export interface EnforcementPointFacts {
  readonly id: string;
  readonly name: string;
  /** Thumbprints. */
  readonly keys: readonly string[];
  readonly upstreams: readonly string[] | '*';
  readonly types: readonly string[] | '*';
  readonly binding: string;
  readonly bearer: boolean;
  readonly addresses: readonly string[];
  readonly routes: readonly { readonly url: string; readonly upstream: string }[];
  /** Set for a program that asks through hooks. */
  readonly hook?: { readonly agentId: string; readonly expiresAt: number };
  /** Set for a program that tells what agents did. */
  readonly telemetry?: { readonly agentIds: readonly string[]; readonly expiresAt: number };
  readonly createdAt: number;
  readonly createdBy: string;
}

export const enforcementPointFields: readonly Column<EnforcementPointFacts>[] = [
  ['ID', ({ id }) => id],
  ['NAME', ({ name }) => name],
  [
    'ASKS ABOUT',
    ({ upstreams, types }) => [...name(upstreams, 'upstream'), ...name(types, 'type')].join(', '),
  ],
  ['AGENTS PROVE', ({ binding }) => (binding === 'none' ? 'nothing' : binding)],
  ['KEYS', ({ keys }) => String(keys.length)],
  ['ROUTES', ({ routes }) => routes.map(({ url, upstream }) => `${url} to ${upstream}`).join(', ')],
  ['FOR', ({ hook, telemetry }) => hook?.agentId ?? telemetry?.agentIds.join(', ') ?? ''],
  [
    'UNTIL',
    ({ hook, telemetry }) => {
      const until = hook?.expiresAt ?? telemetry?.expiresAt;
      return until === undefined ? '' : formatTime(until);
    },
  ],
  ['ADDED', ({ createdAt }) => formatTime(createdAt)],
  ['BY', ({ createdBy }) => createdBy],
];

function name(names: readonly string[] | '*', kind: string): readonly string[] {
  return names === '*' ? [`every ${kind}`] : names;
}
