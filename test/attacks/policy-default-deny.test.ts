import { mcpRequest, startEverythingUpstream } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';

// The naive gateway keeps a list of tools, so it has nothing to say about resources.
describeAttack({
  id: 'policy.default-deny',
  upstream: () => startEverythingUpstream(),
  policy: 'permit (principal, action == Countersign::Action::"discover", resource);',
  attack(side) {
    const { message, headers } = mcpRequest('resources/read', { uri: 'test://static-text' });
    return side.send(message, { headers });
  },
  refusal: 'action.denied',
  reaches: 0,
  record: 'action.decision',
});
