import { describeAttack } from './ground/describe-attack.ts';

const good = { to: 'DE00', amount: 1, currency: 'EUR' };

describeAttack<object>({
  id: 'message.invalid-arguments',
  variants: {
    'a missing one': { to: 'DE00' },
    'another type': { ...good, amount: '1' },
    'a fraction': { ...good, amount: 1.5 },
    'one too small': { ...good, amount: -100 },
    'one that is no choice': { ...good, currency: 'GBP' },
    'one too many': { ...good, note: 'and then some' },
  },
  attack: (side, args) => side.call('pay', args),
  refusal: 'action.arguments_invalid',
});
