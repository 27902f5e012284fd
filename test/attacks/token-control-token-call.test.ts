import { describeAttack } from './ground/describe-attack.ts';

describeAttack({
  id: 'token.control-token-call',
  prepare: async ({ agent }) => ({ token: await agent.token() }),
  attack: (side) => side.call('echo', { text: 'hi' }, { token: side.token }),
  refusal: 'token.audience_mismatch',
  record: null,
});
