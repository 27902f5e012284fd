import type { ControlClient } from '../../control/control-client.ts';
import { formatTime } from '../../output/format-time.ts';
import { type Column, ShownText } from '../../output/printer.ts';

export interface HandoverFacts {
  readonly id: string;
  readonly state: string;
  readonly fromPersonId: string | null;
  readonly toPersonId: string;
  readonly reason: string | null;
  readonly proposedBy: string;
  readonly proposedAt: number;
  readonly expiresAt: number;
  readonly link: string;
  readonly agents: readonly {
    readonly id: string;
    readonly name: string;
    readonly outcome: { readonly outcome: string; readonly reason: string | null } | null;
  }[];
}

export const handoverFields: readonly Column<HandoverFacts>[] = [
  ['ID', ({ id }) => id],
  ['STATE', ({ state }) => state],
  ['TO', ({ toPersonId }) => toPersonId],
  ['AGENTS', ({ agents }) => agents.length],
  ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
  ['LINK', ({ link }) => link],
];

export const handoverDetailFields: readonly Column<HandoverFacts>[] = [
  ...handoverFields,
  ['REASON', ({ reason }) => reason],
  [
    'OUTCOMES',
    ({ agents }) =>
      new ShownText(agents.map(({ name, outcome }) => `${name}  ${outcome?.outcome ?? 'waits'}`).join('\n')),
  ],
];

export interface WantedHandover {
  readonly toPersonId: string;
  readonly fromPersonId?: string;
  readonly agentIds?: readonly string[];
  readonly suggests: 'take' | 'retire';
  readonly reason?: string;
}

const agentsAtOnce = 200;

/** Proposes any number of agents, in as many handovers as that takes. */
export async function proposeHandovers(
  api: ControlClient,
  { agentIds, ...wanted }: WantedHandover,
): Promise<readonly HandoverFacts[]> {
  const path = '/v1/agents/handovers';
  if (agentIds === undefined) return [await api.send<HandoverFacts>('POST', path, wanted)];
  const made: HandoverFacts[] = [];
  for (let from = 0; from < agentIds.length; from += agentsAtOnce) {
    const some = agentIds.slice(from, from + agentsAtOnce);
    made.push(await api.send<HandoverFacts>('POST', path, { ...wanted, agentIds: some }));
  }
  return made;
}
