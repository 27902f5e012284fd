import { describeAttack } from './ground/describe-attack.ts';
import { rawEcho } from './ground/raw-message.ts';

const { body, tweak } = rawEcho();
const padding = ' '.repeat(4 * 1024 * 1024);

describeAttack<string>({
  id: 'message.oversized',
  variants: { 'padded with spaces': body.replace('"id"', `${padding}"id"`) },
  attack: (side, message) => side.send(message, tweak),
  refusal: 'action.too_large',
  record: null,
});
