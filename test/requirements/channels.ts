import { behaviour, type Requirement } from './requirement.ts';

const told = 'test/scenarios/told-people.test.ts';

/** What is promised of the channels that tell people. */
export const channels: readonly Requirement[] = [
  behaviour(
    'channels.proven-address',
    told,
    'Nothing but a code goes to an address before that code has come back.',
  ),
  behaviour(
    'channels.own-alone',
    told,
    'Only a person, or an administrator for them, says where that person is told.',
  ),
  behaviour(
    'channels.known-push',
    told,
    'A browser is written to only at a push service that is known or configured.',
  ),
  behaviour(
    'channels.final-state',
    told,
    'Every copy of a card finally shows what was decided and by whom, and none ever a value of the action.',
  ),
  behaviour(
    'channels.slow',
    told,
    'A channel that hangs or fails holds up neither another nor the call, and is brought to the end later.',
  ),
  behaviour('channels.restart', told, 'What is to be told outlives the process, whenever it ends.'),
  behaviour(
    'channels.phone',
    'test/browser/phone-page.test.ts',
    'A phone is added by a code and a button, and its notification shows the end in the place of the question.',
  ),
  behaviour('channels.never-decide', told, 'Nothing that comes back from a channel decides anything.'),
];
