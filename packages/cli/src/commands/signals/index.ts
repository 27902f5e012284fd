import type { CommandDefinition } from '../../command.ts';
import { liftStop } from './lift.ts';
import { listStops } from './list.ts';
import { stopScope } from './stop.ts';

export const commands: readonly CommandDefinition[] = [stopScope, listStops, liftStop];
