import { behaviour, type Requirement } from './requirement.ts';

const file = 'test/scenarios/worn-out-people.test.ts';

/** What is promised of the attention of those who are asked. */
export const attention: readonly Requirement[] = [
  behaviour(
    'approval.push-bombing',
    file,
    'Whoever asks again and again after refusals is suspended, and its owner is told.',
  ),
  behaviour(
    'approval.attention-spent',
    file,
    'People are asked so often in an hour and no more; what would ask them further is refused, never let through.',
  ),
  behaviour(
    'approval.seeded-check',
    'test/scenarios/checked-people.test.ts',
    'Where the organisation says so, an approver is shown a refused request again, told at once that it was a check, and nothing ever comes of a yes to it.',
  ),
];
