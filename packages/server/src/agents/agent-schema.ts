import { z } from 'zod';
import { plainLine } from '../wire/plain-text.ts';

/** Lower-case ASCII words joined by single hyphens: no two names look alike through another script or spelling. */
export const agentName = z
  .string()
  .max(63)
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);

export const environmentName = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);

const mostGroups = 32;

/** Names that policies know the agent by; sorted, each once. */
export const agentGroups = z
  .array(z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/))
  .max(mostGroups)
  .transform((names) => [...new Set(names)].sort());

export const agentPurpose = plainLine(500);
export const changeReason = plainLine(500);
