import type { CommandDefinition } from '../../command.ts';
import { createDelegation } from './create.ts';
import { listDelegations } from './list.ts';
import { revokeDelegation } from './revoke.ts';
import { showDelegation } from './show.ts';

export const commands: readonly CommandDefinition[] = [
  createDelegation,
  listDelegations,
  showDelegation,
  revokeDelegation,
];
