import type { Limits } from '@countersign/core';
import { formatTime } from '../../output/format-time.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { type Column, ShownText } from '../../output/printer.ts';

export interface Delegation {
  readonly id: string;
  readonly parentId: string | null;
  readonly fromPersonId: string | null;
  readonly fromAgentId: string | null;
  readonly agentId: string;
  readonly rootPersonId: string;
  /** The task it was made in, with which it ends. */
  readonly taskId: string | null;
  readonly purpose: string;
  readonly limits: Limits;
  /** The limits in sentences. */
  readonly description: readonly string[];
  readonly isDefault: boolean;
  readonly expiresAt: number;
  readonly state: string;
}

export const delegationFields: readonly Column<Delegation>[] = [
  ['ID', ({ id }) => id],
  ['STATE', ({ state }) => state],
  ['FROM', ({ fromPersonId, fromAgentId }) => fromPersonId ?? fromAgentId],
  ['TO', ({ agentId }) => agentId],
  ['ACTIONS', ({ limits }) => limits.actions],
  ['UNTIL', ({ expiresAt }) => formatTime(expiresAt)],
  ['DEFAULT', ({ isDefault }) => (isDefault ? 'yes' : 'no')],
  ['PURPOSE', ({ purpose }) => purpose],
];

export const delegationDetailFields: readonly Column<Delegation>[] = [
  ...delegationFields,
  ['PART OF', ({ taskId, parentId }) => taskId ?? parentId],
  ['LIMITS', ({ description }) => new ShownText(description.map(showHonestly).join('\n'))],
];
