import { behaviour } from './requirement.ts';

const together = 'test/postgres/replicas.test.ts';
const link = 'packages/server/src/signals/bus/create-signal-link.test.ts';
const turns = 'packages/server/src/plugins/database/postgres/turns-store.test.ts';

/** What is the same at every gateway of a database, and what happens once among them. */
export const replicaBehaviours = [
  behaviour(
    'signal.bus-cuts-elsewhere',
    together,
    'What one gateway revokes, ends or suspends is cut at another in the middle of a call, and the next call there is refused.',
  ),
  behaviour(
    'policy.activated-everywhere',
    together,
    'Policies activated at one gateway are in force at the others; after two activations at the same moment all have the same.',
  ),
  behaviour(
    'approval.released-elsewhere',
    together,
    'A call that waits at one gateway goes once its approval was given at another, once, and every decision of a person counts once.',
  ),
  behaviour(
    'token.same-everywhere',
    together,
    'Every gateway verifies and lists what another has issued, with keys that were rotated there a moment before.',
  ),
  behaviour(
    'token.used-once-everywhere',
    together,
    'An assertion, a challenge and the word of another organisation count once among all gateways, and a sign-in may end at another gateway than it began.',
  ),
  behaviour(
    'secret.same-everywhere',
    together,
    'Gateways that share the secrets file lose none of the changes that they make at the same moment.',
  ),
  behaviour(
    'organisation.cut-off-everywhere',
    together,
    'An organisation that one gateway cuts off is kept out at the others, its calls in flight too.',
  ),
  behaviour(
    'jobs.once',
    together,
    'What must be done once is done by one gateway, and by another within seconds of its end.',
  ),
  behaviour(
    'jobs.taken-over',
    turns,
    'A turn stays with a gateway that lives, and goes to another once that one is proven dead, also when it was killed.',
  ),
  behaviour(
    'ledger.erased-everywhere',
    turns,
    'An erasure is over only when no living gateway has its keys, and none brings back keys that another destroyed.',
  ),
  behaviour(
    'signal.told-to-others',
    link,
    'A message that is forged, repeated, late, lost or one of too many changes nothing but how often the database is asked.',
  ),
  behaviour(
    'signal.urgent-first',
    link,
    'What ends authority elsewhere is looked up at once, however long something else takes.',
  ),
  behaviour(
    'signal.deaf',
    link,
    'A gateway that hears neither the bus nor the database refuses everything, and goes on by itself once it hears one.',
  ),
  behaviour(
    'server.replicas-under-faults',
    'test/faults/replicas/replicas.test.ts',
    'Through faults of gateways, database and bus, what the upstream got, what clients were told and what is on record agree.',
  ),
];
