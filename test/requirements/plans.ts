import { behaviour, type Requirement } from './requirement.ts';

const scenario = 'test/scenarios/task-plan.test.ts';

/** What a task may do without a person being asked. */
export const plans: readonly Requirement[] = [
  behaviour(
    'task.plan-derived',
    scenario,
    'What the prompt of a task calls for passes; policy is told how every other call stands to it.',
  ),
  behaviour(
    'task.plan-amended',
    scenario,
    'Calls beyond the plan are asked about once, together, and pass from then on when a person has signed the whole difference; a restart keeps it.',
  ),
  behaviour(
    'task.plan-narrowed',
    scenario,
    'People sign less of an amendment than was asked for, and take entries of a plan away at once.',
  ),
  behaviour(
    'task.plan-confirmed',
    scenario,
    'A person signs that the prompt is theirs, or says another, and policy is told.',
  ),
];
