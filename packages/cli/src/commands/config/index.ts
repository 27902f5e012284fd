import type { CommandDefinition } from '../../command.ts';
import { showConfigSchema } from './schema.ts';
import { showConfig } from './show.ts';

export const commands: readonly CommandDefinition[] = [showConfig, showConfigSchema];
