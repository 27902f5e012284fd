import { describeAttack } from './ground/describe-attack.ts';

describeAttack<string>({
  id: 'message.foreign-origin',
  variants: {
    'another site': 'https://evil.example',
    'a file': 'null',
    'another port': 'http://localhost:1',
  },
  attack: (side, origin) => side.call('echo', { text: 'hi' }, { headers: { origin } }),
  refusal: 'action.origin_refused',
  record: null,
});
