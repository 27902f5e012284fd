import { behaviour, type Requirement } from './requirement.ts';

const folder = 'packages/server/src/ledger/sinks';
const sent = 'test/scenarios/sent-evidence.test.ts';

/** What is promised of the places that evidence is sent to. */
export const sinkBehaviours: readonly Requirement[] = [
  behaviour(
    'sinks.outage',
    `${folder}/outage.test.ts`,
    'After a day without them every sink has every record, and none more often than is documented.',
  ),
  behaviour(
    'sinks.killed',
    `${folder}/killed.test.ts`,
    'A process that is killed at any moment loses a sink no record.',
  ),
  behaviour('sinks.no-wait', sent, 'A call waits for no sink, whether it hangs, fails or refuses.'),
  behaviour('sinks.content', sent, 'What was said leaves the house only where a sink is set so.'),
  behaviour('sinks.seen', sent, 'How far a sink has come, why it fails and what it refused can be seen.'),
];
