import { behaviour, type Requirement } from './requirement.ts';

/** How what an agent has read limits what it may do. */
export const containmentBehaviours: readonly Requirement[] = [
  behaviour(
    'containment.provenance',
    'test/scenarios/provenance.test.ts',
    'Policies are told where the values of a call came from; what a third party wrote never counts as asked for, and the records keep no value of it.',
  ),
];
