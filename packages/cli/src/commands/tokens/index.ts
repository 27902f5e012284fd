import type { CommandDefinition } from '../../command.ts';
import { rotateKeys } from './rotate-keys.ts';

export const commands: readonly CommandDefinition[] = [rotateKeys];
