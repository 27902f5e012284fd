/** For a test in which one agent does far more, or far worse, than any should: nothing is held up for how much there was. */
export const PATIENT: { readonly [name: string]: string } = Object.fromEntries(
  [
    'SAME_CALLS',
    'NEAR_CALLS',
    'CYCLES',
    'CHILDREN',
    'ERRORS',
    'DENIALS',
    'TOOL_FAILURES',
    'AGENT_FAILURES',
    'SHARED_FAILURES',
    'OWNER_FAILURES',
  ].map((name) => [`COUNTERSIGN_CASCADES_${name}`, '0']),
);
