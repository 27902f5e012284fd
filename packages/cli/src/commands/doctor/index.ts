import type { CommandDefinition } from '../../command.ts';
import { examine } from './doctor.ts';

export const commands: readonly CommandDefinition[] = [examine];
