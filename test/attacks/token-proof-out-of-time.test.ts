import { describeAttack } from './ground/describe-attack.ts';

const MINUTE = 60_000;

describeAttack<number>({
  id: 'token.proof-out-of-time',
  variants: {
    'ten minutes old': -10 * MINUTE,
    'ten minutes from now': 10 * MINUTE,
    'from 1970': -Date.now(),
  },
  attack: (side, offset) => side.call('echo', { text: 'hi' }, { at: Date.now() + offset }),
  refusal: 'token.proof_invalid',
  record: null,
});
