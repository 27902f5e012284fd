import type { CommandDefinition } from '../../command.ts';
import { makeWitnessKey } from './keygen.ts';
import { runWitness } from './witness.ts';

export const commands: readonly CommandDefinition[] = [runWitness, makeWitnessKey];
