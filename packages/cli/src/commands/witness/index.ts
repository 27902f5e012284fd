import type { CommandDefinition } from '../../command.ts';
import { makeWitnessKey } from './keygen.ts';
import { runWitness } from './serve.ts';

export const commands: readonly CommandDefinition[] = [runWitness, makeWitnessKey];
