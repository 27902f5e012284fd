import { behaviour, type Requirement } from './requirement.ts';

const scenario = 'test/scenarios/task-plan.test.ts';
const attacks = 'test/scenarios/task-plan-attacks.test.ts';

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
  behaviour(
    'task.plan-not-self-widened',
    attacks,
    'No agent widens its own plan: it gives a prompt once, before it has read anything, and announces calls that people decide about.',
  ),
  behaviour(
    'task.plan-signed-as-shown',
    attacks,
    'What joins a question after it was read makes the signature worthless.',
  ),
  behaviour(
    'task.plan-bound',
    attacks,
    'What people signed holds in the task they signed it for, as long as they said, and nowhere else.',
  ),
  behaviour(
    'task.plan-refused',
    attacks,
    'A refused change is not asked about again, and counts against the task.',
  ),
  behaviour(
    'task.plan-sdk',
    'test/scenarios/task-plan-tools.test.ts',
    'An agent hands the prompt over, reads its plan and announces what goes beyond it through the SDK.',
  ),
  behaviour(
    'task.plan-command-line',
    'test/scenarios/task-plan-tools.test.ts',
    'Plans are shown, changed and narrowed from the command line.',
  ),
  behaviour(
    'approval.amendment-page',
    'test/browser/amend-plan.test.ts',
    'The page of an amendment shows the whole difference on a phone, lets the person allow less, and is read again when more joins.',
  ),
];
