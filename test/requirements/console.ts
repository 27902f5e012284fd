import { behaviour } from './requirement.ts';

const browser = (file: string) => `test/browser/${file}.test.ts`;

/** What people meet, proved in the real browser with a virtual authenticator. */
export const consoleBehaviours = [
  behaviour(
    'person.first-administrator',
    browser('first-administrator'),
    'The first administrator joins by a link that works once, with a passkey, and signs in with it.',
  ),
  behaviour(
    'approval.inbox',
    browser('approve'),
    'A request appears in the open inbox, is approved with a passkey, and the call runs once.',
  ),
  behaviour(
    'approval.inert-controls',
    browser('approve'),
    'For 800 ms after the page or its layout has changed, no click decides anything.',
  ),
  behaviour('approval.no-single-key', browser('approve'), 'No single key and no script decides a request.'),
  behaviour(
    'approval.reason',
    browser('approve'),
    'A denial carries a reason that the agent is told, and nothing runs.',
  ),
  behaviour(
    'approval.onlookers',
    browser('approve'),
    'Whoever a policy does not name can see a request and not decide it.',
  ),
  behaviour(
    'approval.honest-page',
    browser('approval-page'),
    'Hidden, misleading and active text in arguments is visible and inert.',
  ),
  behaviour(
    'approval.unfolded',
    browser('approval-page'),
    'Nobody can approve arguments that are still folded.',
  ),
  behaviour(
    'approval.page-size',
    browser('approval-page'),
    'The approval page weighs at most 25 kB with all it loads, and has no barrier at 360 px.',
  ),
  behaviour(
    'approval.no-script',
    browser('approval-page'),
    'Without scripts the page shows everything and decides nothing.',
  ),
  behaviour(
    'console.accessible',
    browser('console'),
    'Every page passes axe, fits 360 px, keeps its content security policy and asks nobody else for anything.',
  ),
  behaviour('console.live', browser('console'), 'Decisions appear as they are made.'),
  behaviour(
    'console.evidence',
    browser('console'),
    'Any id leads to its records, a record to its causes, its followers and its checked proof.',
  ),
  behaviour(
    'console.why',
    browser('why'),
    'By key, from any record to what led to it and what followed, with what nobody can know, erased and damaged told apart.',
  ),
  behaviour(
    'console.download',
    browser('why'),
    'What a search finds is taken as CSV or as JSON lines from the same page.',
  ),
  behaviour('console.keyboard', browser('console'), 'Everything can be reached and opened by keyboard.'),
  behaviour('console.roles', browser('console'), 'A person is offered what their roles may see.'),
  behaviour(
    'console.policies',
    browser('console-policies'),
    'Policies are read, checked by the server and put in force; of two people who change them none undoes the other unseen.',
  ),
  behaviour(
    'console.tools',
    browser('console-policies'),
    'A held tool is shown beside what was in force, with what its text hides, and accepted just as it was seen.',
  ),
  behaviour(
    'signal.stop-button',
    browser('stop'),
    'A stop from any page cuts calls in flight, shows which, and is lifted again.',
  ),
];
