import { behaviour, type Requirement } from './requirement.ts';

const scenario = 'test/scenarios/provisioned-person.test.ts';

/** What is promised of directories and of people who leave. */
export const provisioning: readonly Requirement[] = [
  behaviour(
    'person.provisioned',
    scenario,
    'A directory hires a person, and its groups give them what the setting says and nothing else.',
  ),
  behaviour(
    'person.leaver-cut',
    scenario,
    'When a directory says that an owner left, the calls of their agents in flight are cut and no agent of theirs acts again.',
  ),
  behaviour(
    'person.leaver-ends',
    scenario,
    'What a leaver delegated and was to decide ends with them, and the history of all of it stays.',
  ),
];
