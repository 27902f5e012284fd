import type { CommandDefinition } from '../../command.ts';
import { startUp } from './up.ts';

export const commands: readonly CommandDefinition[] = [startUp];
