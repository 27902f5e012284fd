import { behaviour } from './requirement.ts';

/** What an allowed action owes, and what policies are told of it. */
export const obligations = [
  behaviour(
    'policy.obligations',
    'test/scenarios/obligations.test.ts',
    'What a permit redacts, caps or remarks on is met in every form an answer can take, or the answer is withheld; decision and outcome say so.',
  ),
  behaviour(
    'http.obligations',
    'test/scenarios/http-obligations.test.ts',
    'A program that speaks HTTP gets a body that meets what is owed, headers that tell nothing of the rest, or a refusal; never a part it could take for the whole.',
  ),
  behaviour(
    'policy.fresh-token',
    'test/scenarios/obligations.test.ts',
    'A call that policy allows only with a young token is refused with a challenge, and goes through with a new one.',
  ),
  behaviour(
    'policy.task-facts',
    'test/scenarios/obligations.test.ts',
    'What a task has done counts for its next call, also after a start.',
  ),
];
