import type { CommandDefinition } from '../../command.ts';
import { bridgeStdio } from './mcp-stdio.ts';

export const commands: readonly CommandDefinition[] = [bridgeStdio];
