import type { CommandDefinition } from '../../command.ts';

export const commands: readonly CommandDefinition[] = [];
