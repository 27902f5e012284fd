import { describeAttack } from './ground/describe-attack.ts';

// Whatever stands behind the name must not decide which upstream is meant.
describeAttack({
  id: 'message.unknown-upstream',
  attack: (side) => side.call('echo', { text: 'hi' }, { url: `${side.url}?as=other`, htu: side.url }),
  refusal: 'upstream.not_found',
  record: null,
});
