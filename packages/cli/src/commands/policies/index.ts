import type { CommandDefinition } from '../../command.ts';
import { activatePolicies } from './activate.ts';
import { addPack } from './add-pack.ts';
import { askPolicies } from './ask.ts';
import { checkPolicies } from './check.ts';
import { diffPolicies } from './diff.ts';
import { explainDecision } from './explain.ts';
import { policyFromExample } from './from-example.ts';
import { listPolicyLimits } from './limits.ts';
import { listPolicies } from './list.ts';
import { listPacks } from './list-packs.ts';
import { switchMode } from './mode.ts';
import { listModes } from './modes.ts';
import { replayPolicies } from './replay.ts';
import { rollbackPolicies } from './rollback.ts';
import { showPolicySchema } from './schema.ts';
import { showPolicies } from './show.ts';
import { showPack } from './show-pack.ts';
import { testPolicies } from './test.ts';
import { validatePolicies } from './validate.ts';

export const commands: readonly CommandDefinition[] = [
  checkPolicies,
  testPolicies,
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
  explainDecision,
  replayPolicies,
  policyFromExample,
  listPolicyLimits,
  listPacks,
  showPack,
  addPack,
];
