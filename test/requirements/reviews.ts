import { behaviour, type Requirement } from './requirement.ts';

/** Who answers for agents, and whether what they may do is still right. */
export const reviewBehaviours: readonly Requirement[] = [
  behaviour(
    'agent.ghosts-found',
    'test/scenarios/agent-ghosts.test.ts',
    'Agents without an active owner, unused, used from elsewhere, with old keys or at odd hours are listed with evidence and the command that ends it.',
  ),
  behaviour(
    'agent.handed-over',
    'test/scenarios/agent-handover.test.ts',
    'A new owner takes agents with a passkey over the digest of exactly what was listed and chosen; authority is given again as far as it was used, and the former owner’s ends.',
  ),
  behaviour(
    'agent.handover-attacked',
    'test/scenarios/agent-handover.test.ts',
    'Nobody accepts for another, with a signature over other choices or twice, or gets more than there was or what was revoked for a cause.',
  ),
  behaviour(
    'review.shrunk-to-use',
    'test/scenarios/access-review.test.ts',
    'A review compares granted with used; its default, signed with a passkey, leaves what was used, and is undone in one step.',
  ),
  behaviour(
    'review.policy-narrowed',
    'test/scenarios/review-policies.test.ts',
    'A review shows the exact lines it adds to the policies, which only ever take away; they come into force with the delegation’s change on one signature, are taken back with it, and whoever puts policies in force without them is told by name.',
  ),
  behaviour(
    'review.policy-written',
    'test/scenarios/review-policies.test.ts',
    'The command line shows the lines a review adds, which test cases of a folder they break, and writes them into it; putting a folder without them in force is said loudly and by name.',
  ),
  behaviour(
    'review.policy-attacked',
    'test/scenarios/review-policies.test.ts',
    'What was signed for other policies than those in force changes nothing; undoing removes exactly the lines the review added and nothing that somebody changed; nobody loses what another delegation gives.',
  ),
  behaviour(
    'review.attacked',
    'test/scenarios/access-review.test.ts',
    'Nobody reviews what they own at the top tier or decides it among others, or ends another’s agent because they gave it something; what changed since it was shown, other choices and used signatures are refused.',
  ),
  behaviour(
    'review.signed-evidence',
    'test/scenarios/access-review.test.ts',
    'A review ends in a signed report of who decided what, how long they looked and what the deadline did; nothing is kept in silence.',
  ),
  behaviour(
    'review.broken-glass-listed',
    'test/scenarios/broken-glass-review.test.ts',
    'What one person let through alone is listed among the reviews that are due, in the API, the command line and on a page, and reviewed with a passkey over the finding by somebody who had no part in it.',
  ),
  behaviour(
    'agent.handover-page',
    'test/browser/review-pages.test.ts',
    'The page of a handover lists every agent and what it used, on a phone, without barriers, and takes a passkey for what was chosen.',
  ),
  behaviour(
    'review.glass-page',
    'test/browser/review-pages.test.ts',
    'The page of broken glass shows what was let through and why, on a phone, without barriers, and takes a finding signed with a passkey.',
  ),
  behaviour(
    'review.item-page',
    'test/browser/review-pages.test.ts',
    'The page of a reviewed item shows granted against used, on a phone, without barriers, counts how long it was looked at, and undoes.',
  ),
];
