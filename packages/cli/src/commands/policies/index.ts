import type { CommandDefinition } from '../../command.ts';
import { activatePolicies } from './activate.ts';
import { askPolicies } from './ask.ts';
import { diffPolicies } from './diff.ts';
import { listPolicyLimits } from './limits.ts';
import { listPolicies } from './list.ts';
import { switchMode } from './mode.ts';
import { listModes } from './modes.ts';
import { rollbackPolicies } from './rollback.ts';
import { showPolicySchema } from './schema.ts';
import { showPolicies } from './show.ts';
import { validatePolicies } from './validate.ts';

export const commands: readonly CommandDefinition[] = [
  validatePolicies,
  activatePolicies,
  rollbackPolicies,
  listPolicies,
  diffPolicies,
  listModes,
  switchMode,
  showPolicies,
  showPolicySchema,
  askPolicies,
  listPolicyLimits,
];
