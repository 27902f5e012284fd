import { attack } from './requirement.ts';

/** What an agent, a thief, an upstream or a person without the right tries along the path of an action. */
export const pathAttacks = [
  // authenticate
  attack('token.bearer-use', 'A token bound to a key is refused when it is presented as a bearer token.'),
  attack('token.forged', 'Unsigned, self-signed and algorithm-confused access tokens are refused.'),
  attack('token.expired', 'An expired access token is refused.'),
  attack('token.foreign-audience', 'A token for one upstream is refused at another.'),
  attack('token.foreign-issuer', 'A well-made token of another issuer is refused.'),
  attack('token.control-token-call', 'A control token opens tasks and calls no tool.'),
  attack('token.stolen', 'A stolen token is worthless with a proof by any other key.'),
  attack('token.proof-replay', 'A proof is accepted once.'),
  attack('token.proof-for-another-request', 'A proof for another method, URL or host name is refused.'),
  attack('token.proof-for-another-token', 'A proof that does not name this very token is refused.'),
  attack('token.proof-out-of-time', 'A proof made too long ago or in the future is refused.'),
  attack('token.proof-without-nonce', 'A proof without a nonce given out by this process is refused.'),
  attack(
    'token.proof-forged',
    'A proof with a broken signature, a secret key or a weak algorithm is refused.',
  ),
  attack('token.proof-twice', 'Two proofs or two credentials on one request are refused.'),
  attack(
    'token.workload-stolen',
    'What a platform says of a workload is worth nothing with another key, or at another server.',
  ),
  attack('token.assertion-replay', 'A client assertion is accepted once.'),
  attack('token.assertion-wrong-audience', 'A client assertion made for another server is refused.'),
  attack('token.assertion-forged', 'A client assertion by another key, or of another agent, is refused.'),
  attack('token.foreign-task', "No token is issued for another agent's task."),
  // resolve authority
  attack('task.ended', 'Once a task has ended, its live tokens open nothing.'),
  attack('task.widened', 'A task reaches no further than its delegation.'),
  attack('task.budget-race', 'Calls made at the same time do not spend more than the budget.'),
  attack('delegation.revoked', 'Once a delegation is revoked, live tokens under it open nothing.'),
  attack('delegation.outside-tools', 'A tool that was not delegated cannot be called.'),
  attack(
    'delegation.outside-arguments',
    'A path that climbs out of the delegated folder is refused in every spelling.',
  ),
  attack('delegation.self-granted', 'An agent cannot delegate anything to itself.'),
  attack('agent.stopped-owner', 'An agent of a suspended owner is stopped.'),
  attack(
    'agent.taken-identity',
    "An agent cannot be registered with another agent's key, nor act for it with its own.",
  ),
  // classify
  attack(
    'upstream.changed-tool',
    'A tool that changed after it was accepted is held until a person accepts it.',
  ),
  attack('upstream.hidden-tools', 'The tool list shows only what the caller could be allowed, privately.'),
  // decide
  attack('policy.default-deny', 'What no policy permits is refused.'),
  attack('policy.leak', 'A refusal says nothing about policy.'),
  // obtain approval
  attack('approval.changed-arguments', 'An approval releases the exact call that was shown and no other.'),
  attack('approval.used-twice', 'An approval releases one call, once, also when it is raced.'),
  attack('approval.other-agent', "An agent cannot use another agent's approval."),
  attack(
    'approval.wrong-person',
    'Only a person whom policy names may approve, and never one whom it excludes.',
  ),
  attack(
    'approval.forged-passkey',
    'A passkey answer from another site, without verification, or replayed is refused.',
  ),
  attack('approval.bare-link', 'Opening the link of an approval approves nothing.'),
  attack('approval.cross-site', 'Another site cannot make a signed-in person approve.'),
  attack(
    'approval.late',
    'An approval that nobody gave in time is a refusal, and a late one does not count.',
  ),
  attack(
    'approval.tampered-state',
    'A request state that was changed, or is of another caller or call, is refused.',
  ),
  attack(
    'approval.hidden-text',
    'The approval page shows every hidden character of the arguments and runs none of them.',
  ),
  attack(
    'approval.changed-policy',
    'A call approved under one policy is decided again under the policy in force.',
  ),
  // inject secret
  attack(
    'secret.echo',
    'A credential that an upstream sends back does not reach the agent, whatever its disguise.',
  ),
  attack('secret.passed-through', "The agent's own token and headers never reach an upstream."),
  attack('secret.redirect', 'A redirect is not followed, so a credential goes nowhere else.'),
  attack('secret.private-address', 'An upstream cannot be pointed at an address inside the house.'),
  // forward and inspect
  attack('upstream.own-requests', 'An upstream cannot make the agent answer requests of its own.'),
  attack('upstream.made-up-decision', 'An upstream cannot pass off a decision as ours.'),
  // record
  attack('ledger.tampered', 'A changed, missing, reordered, inserted or cut-off record is found offline.'),
  // stop
  attack('signal.in-flight', 'A stop cuts calls in flight and refuses the next one.'),
  // people
  attack('person.used-invitation', 'A join link works once.'),
  attack(
    'person.stolen-operator-token',
    'The operator token is refused from another machine and after a restart.',
  ),
];
