import { startPlainUpstream } from '@countersign/testkit';
import { afterAll } from 'vitest';
import { describeAttack } from './ground/describe-attack.ts';

const other = await startPlainUpstream();
afterAll(() => other.close());

describeAttack({
  id: 'token.foreign-audience',
  async prepare({ gateway, enrolled }) {
    const resource = await gateway.addUpstream('other', { url: other.url });
    return { token: await enrolled.agent.token({ task: enrolled.task, resource: [resource] }) };
  },
  attack: (side) => side.call('echo', { text: 'hi' }, { token: side.token }),
  refusal: 'token.audience_mismatch',
  record: null,
});
