import type { CommandDefinition } from '../../command.ts';
import { startDemo } from './demo.ts';

export const commands: readonly CommandDefinition[] = [startDemo];
