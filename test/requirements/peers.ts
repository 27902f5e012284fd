import { behaviour, type Requirement } from './requirement.ts';

const conformance = 'test/conformance/a2a-through-gateway.test.ts';
const directPolicy = 'test/scenarios/direct-peer-policy.test.ts';
const handedOver = 'test/scenarios/handed-over-task.test.ts';

/** What is promised of agents that call agents (A2A 1.0). */
export const peers: readonly Requirement[] = [
  behaviour(
    'peer.call',
    conformance,
    'A message to a peer agent goes the whole path, with our credential and none of the caller.',
  ),
  behaviour(
    'peer.stream',
    conformance,
    'What a peer says piece by piece is passed on as it comes, under ids of ours.',
  ),
  behaviour(
    'peer.approval',
    conformance,
    'A message that needs approval is a task that needs authorization and goes on when it is decided.',
  ),
  behaviour(
    'peer.talk',
    conformance,
    'Talks go on and tasks are listed by the ids that were given out here.',
  ),
  behaviour(
    'peer.foreign-task',
    conformance,
    'A task at a peer is of no use to another agent, nor is the id that the peer gave it.',
  ),
  behaviour('peer.push-refused', conformance, 'No address for push notifications is ever passed on.'),
  behaviour(
    'peer.token',
    conformance,
    'Only a token for this upstream opens the door, and only A2A 1.0 is spoken.',
  ),
  behaviour('peer.stream-bounds', conformance, 'A peer that floods, lies or redirects is cut off.'),
  behaviour(
    'peer.changed-card',
    conformance,
    'What a peer changes in its card is held until a person accepts it.',
  ),
  behaviour(
    'peer.rest',
    'test/conformance/a2a-rest-through-gateway.test.ts',
    'The same is to be had in the HTTP+JSON binding, streams and approvals too, with its own errors.',
  ),
  behaviour(
    'peer.handed-over',
    handedOver,
    'An agent that is called through the gateway may help with the task of who calls, and nobody else may.',
  ),
  behaviour(
    'peer.labels-cross',
    handedOver,
    'What the caller has read binds the agent that helps with its task, and the other way round.',
  ),
  behaviour(
    'peer.budget-crosses',
    handedOver,
    'The agent that helps spends the budget of the caller, and what overdraws it is refused.',
  ),
  behaviour(
    'peer.console',
    'test/browser/agent-peers.test.ts',
    'The console and the API show the card of an agent, the peers that it may call, and who they are.',
  ),
  behaviour(
    'peer.signed-card',
    'test/scenarios/agent-card.test.ts',
    'The card of an agent is read only when its owner publishes it, names its skills and bindings, and is signed by this server.',
  ),
  behaviour(
    'peer.direct',
    'test/scenarios/direct-peer.test.ts',
    'A token for a direct call is for that peer alone, where its operator allows direct calls.',
  ),
  behaviour(
    'peer.direct-decided',
    directPolicy,
    'A token for a direct call is issued after a decision on agent, peer and skill, for two minutes at most.',
  ),
  behaviour(
    'peer.direct-messages',
    directPolicy,
    'The called agent may have policy decide on each message, by what the task of the caller has read.',
  ),
  behaviour(
    'peer.direct-cut',
    directPolicy,
    'A stream between two agents ends within a second once the authority of the caller ends.',
  ),
  behaviour(
    'peer.caller-verified',
    'test/scenarios/direct-peer.test.ts',
    'The called agent knows in a few lines who calls, for whom, under which chain and for which task.',
  ),
];
