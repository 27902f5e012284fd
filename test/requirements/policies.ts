import { behaviour, type Requirement } from './requirement.ts';

/** How policies are evaluated, changed and written. */
export const policyBehaviours: readonly Requirement[] = [
  behaviour(
    'policy.decided-as-the-official-engine-does',
    'test/differential/differential.test.ts',
    'Compiled policies decide, for the same reasons and with the same errors, as the official engine does.',
  ),
  behaviour(
    'policy.language-conformance',
    'test/conformance/cedar-language.test.ts',
    'Every operation of Cedar, and every way in which it can err, gives the same outcome compiled as in the official engine.',
  ),
  behaviour(
    'policy.limits',
    'test/scenarios/policy-limits.test.ts',
    'What a permit is limited to is let out and nothing more, by agent, owner, task, delegation and tool, in windows and for life, through restarts and approvals.',
  ),
  behaviour(
    'policy.result-limits',
    'test/scenarios/policy-limits.test.ts',
    'Rows and bytes that a call may bring are set aside before it and settled after it; an answer with more is withheld.',
  ),
  behaviour(
    'policy.mode-page',
    'test/browser/policy-mode.test.ts',
    'The page that switches how far a policy counts shows what would change, works on a phone and without barriers, and needs a passkey.',
  ),
  behaviour(
    'policy.corpus',
    'test/conformance/cedar-corpus.test.ts',
    "A folder of Cedar's integration tests is run whole: a wrong decision, reason or error, and a case that cannot be run, each count as failed.",
  ),
  behaviour(
    'policy.modes',
    'test/scenarios/policy-modes.test.ts',
    'A policy can be tried out without deciding anything, and only a person’s passkey switches how far it counts.',
  ),
  behaviour(
    'policy.changed-under-load',
    'test/faults/policy-under-load.test.ts',
    'While bundles change under load, each call is decided by one of them, whole, none is lost, and the new one is in force at once.',
  ),
  behaviour(
    'policy.hindsight',
    'test/scenarios/hindsight.test.ts',
    'Decisions are explained, replayed under other policies and made into rules from what was recorded of them, exactly or saying why not; nothing is put in force or recorded by it.',
  ),
];
