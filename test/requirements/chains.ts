import { attack, behaviour, type Requirement } from './requirement.ts';

const passedOn = 'test/scenarios/passed-on.test.ts';

/** Authority that agents pass on: every link narrower, visible to each decision, and gone when any of them is cut. */
export const chains: readonly Requirement[] = [
  behaviour(
    'delegation.passed-on',
    passedOn,
    'An agent works on what another passed on, and every record, approval and export says through whom.',
  ),
  behaviour(
    'delegation.cut-in-flight',
    passedOn,
    'A cut at any link ends all below it, calls in flight too, and nothing beside it.',
  ),
  behaviour(
    'task.budget-shared',
    passedOn,
    'Calls at the same time overdraw no budget down the tree, and each is exact after a restart.',
  ),
  behaviour(
    'approval.ends-with-its-chain',
    passedOn,
    'What waits for a person is cancelled when a link that it stands on is cut.',
  ),
  behaviour(
    'token.exchange-unmodified-client',
    'test/conformance/token-exchange.test.ts',
    "An independent OAuth client exchanges tokens, and hears the RFC's errors.",
  ),
  behaviour(
    'delegation.chains-only-narrow',
    'packages/core/src/delegations/chain-property.test.ts',
    'In 100,000 random chains no child permits what one of its ancestors does not.',
  ),
  behaviour(
    'delegation.cut-ends-below',
    'packages/server/src/tasks/chain-cuts.test.ts',
    'In random trees a cut at any link ends all below it and nothing else.',
  ),
  behaviour(
    'task.budget-trees',
    'packages/server/src/tasks/chain-budgets.test.ts',
    'In random trees of helpers no budget is overdrawn at any node, and each is exact after a restart.',
  ),
  attack('delegation.widened-child', 'What is passed on reaches no further than what is held.'),
  attack(
    'delegation.cycle',
    'Authority never comes back to an agent that it came through, nor goes too deep.',
  ),
  attack(
    'delegation.confused-deputy',
    "An agent that helps with another's task acts on what was passed on for it, never on its own authority.",
  ),
  attack(
    'token.exchange-stolen',
    'A task token that another registered agent stole is exchanged for nothing.',
  ),
  attack('token.exchange-actor-swapped', 'Nobody exchanges a token as another actor than it is.'),
  attack('token.exchange-truncated-chain', 'A token whose chain was cut short is worth nothing.'),
  attack(
    'token.exchange-after-cut',
    'After a cut nothing is exchanged, and what was exchanged before is over.',
  ),
];
