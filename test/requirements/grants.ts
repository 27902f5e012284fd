import { attack, behaviour, type Requirement } from './requirement.ts';

const grants = 'test/scenarios/bounded-grant.test.ts';
const pages = 'test/browser/grants.test.ts';
const groups = 'test/scenarios/grouped-requests.test.ts';

/** What is promised of one signature over more than one call. */
export const grantBehaviours: readonly Requirement[] = [
  behaviour(
    'approval.grant',
    grants,
    'A person lets so many calls like one pass in its task, within bounds that they signed; each is counted and recorded.',
  ),
  behaviour(
    'approval.grant-preview',
    grants,
    'Before signing, a person sees which calls of the last 30 days would have passed, and what is not known.',
  ),
  behaviour(
    'approval.grant-ends',
    grants,
    'A grant ends when it is used up, taken back, over, stopped, or no longer enough for what policy asks now.',
  ),
  behaviour(
    'approval.grant-restart',
    grants,
    'What is left of a grant survives the death of the server, and is never more than was left.',
  ),
  attack(
    'approval.grant-elsewhere',
    'A grant serves no other agent, task, tool, recipient or larger amount.',
  ),
  behaviour(
    'approval.group',
    groups,
    'One signature approves exactly the requests that were listed, and each is proven by it alone.',
  ),
  behaviour(
    'approval.grant-page',
    pages,
    'On the page nothing can be signed for several calls before what it says and what would have passed was shown.',
  ),
  behaviour(
    'approval.group-page',
    pages,
    'The page of a group shows every request with all its arguments and approves those that stay ticked.',
  ),
  attack(
    'approval.group-swapped',
    'A signature over one list of requests approves no other request, and is good once.',
  ),
];
