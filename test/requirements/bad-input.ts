import { attack } from './requirement.ts';

/** What must end in a typed error, a record where an agent was involved, and nothing forwarded or lost. */
export const badInput = [
  attack('message.malformed', 'A body that is no well-formed JSON-RPC message is refused.'),
  attack('message.oversized', 'A body over the limit is refused before it is read to its end.'),
  attack('message.deep', 'JSON nested too deep is refused.'),
  attack('message.duplicate-keys', 'JSON with a key that stands twice is refused, also when one is escaped.'),
  attack('message.poisoned-keys', 'Keys that would reach a prototype are refused.'),
  attack('message.header-mismatch', 'Headers that say something else than the body are refused.'),
  attack('message.unknown-method', 'A method that is not governed is refused, never passed through.'),
  attack('message.unknown-tool', 'A tool that is not pinned is refused.'),
  attack('message.unknown-upstream', 'A call to an upstream that is not there is refused.'),
  attack('message.unknown-revision', 'A revision of the protocol that is not spoken here is refused.'),
  attack('message.batch', 'A batch of messages is refused whole.'),
  attack('message.foreign-origin', 'A page of another site cannot reach the gateway.'),
  attack('message.invalid-arguments', "Arguments that fail the tool's schema are refused."),
  attack('upstream.hung', 'A call to an upstream that never answers ends in time.'),
  attack(
    'upstream.crashing',
    'An upstream that dies over a call leaves a typed error and a recorded outcome.',
  ),
  attack('upstream.flooding', 'An upstream that sends without end is cut off at the limit.'),
  attack('upstream.dripping', 'An upstream that sends a byte at a time is cut off in time.'),
  attack('upstream.lying', 'An answer that is no honest answer to the call does not reach the agent.'),
  attack('upstream.malformed', 'Broken or ambiguous JSON of an upstream does not reach the agent.'),
  attack(
    'upstream.hostile-program',
    'A program that hangs, dies, floods or babbles is ended, and the next call gets a new one.',
  ),
  attack('ledger.full-disk', 'When the disk is full nothing is forwarded and nothing recorded is lost.'),
  attack('server.second-process', 'A second process on the same data folder refuses to start.'),
];
