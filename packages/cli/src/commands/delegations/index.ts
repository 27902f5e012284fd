import type { CommandDefinition } from '../../command.ts';
import { createDelegation } from './create.ts';
import { listDelegations } from './list.ts';
import { passDelegation } from './pass.ts';
import { revokeDelegation } from './revoke.ts';
import { showDelegation } from './show.ts';
import { treeDelegations } from './tree.ts';

export const commands: readonly CommandDefinition[] = [
  createDelegation,
  passDelegation,
  listDelegations,
  showDelegation,
  treeDelegations,
  revokeDelegation,
];
