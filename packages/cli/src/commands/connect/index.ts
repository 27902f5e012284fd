import type { CommandDefinition } from '../../command.ts';
import { connectClient } from './connect.ts';

export const commands: readonly CommandDefinition[] = [connectClient];
