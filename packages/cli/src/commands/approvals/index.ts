import type { CommandDefinition } from '../../command.ts';
import { listApprovals } from './list.ts';
import { showApproval } from './show.ts';
import { watchApprovals } from './watch.ts';

export const commands: readonly CommandDefinition[] = [listApprovals, showApproval, watchApprovals];
