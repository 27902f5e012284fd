import { describeAttack } from './ground/describe-attack.ts';

describeAttack({
  id: 'agent.stopped-owner',
  async prepare({ gateway, url }) {
    const owner = await gateway.invite('Leaver', ['owner']);
    const { agent, token } = await gateway.enrol({ owner });
    await gateway.operator('POST', `/v1/people/${owner.id}/suspend`);
    const send = (message: object, tweak = {}) => agent.send({ url, token, message, ...tweak });
    return { agent, token, send };
  },
  attack(side) {
    const { agent, token, url } = side;
    return side.call('echo', { text: 'hi' }, { token, url, proofKey: agent.key });
  },
  refusal: 'agent.not_active',
});
