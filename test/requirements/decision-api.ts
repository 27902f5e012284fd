import { behaviour } from './requirement.ts';

/** Decisions for enforcement points of somebody else. */
export const decisionApi = [
  behaviour(
    'policy.authzen-certified',
    'test/conformance/authzen-certification.test.ts',
    'Every section of the AuthZEN 1.0 certification scenario holds: Basic, Batch, Search and Discovery.',
  ),
];
