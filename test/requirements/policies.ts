import { behaviour } from './requirement.ts';

export const policyBehaviours = [
  behaviour(
    'policy.decided-as-the-official-engine-does',
    'test/differential/differential.test.ts',
    'Compiled policies decide, for the same reasons and with the same errors, as the official engine does.',
  ),
];
