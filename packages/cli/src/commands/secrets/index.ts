import type { CommandDefinition } from '../../command.ts';
import { listSecrets } from './list.ts';
import { removeSecret } from './remove.ts';
import { setSecret } from './set.ts';

export const commands: readonly CommandDefinition[] = [setSecret, listSecrets, removeSecret];
