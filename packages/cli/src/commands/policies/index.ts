import type { CommandDefinition } from '../../command.ts';
import { activatePolicies } from './activate.ts';
import { askPolicies } from './ask.ts';
import { listPolicies } from './list.ts';
import { showPolicySchema } from './schema.ts';
import { showPolicies } from './show.ts';
import { validatePolicies } from './validate.ts';

export const commands: readonly CommandDefinition[] = [
  validatePolicies,
  activatePolicies,
  listPolicies,
  showPolicies,
  showPolicySchema,
  askPolicies,
];
