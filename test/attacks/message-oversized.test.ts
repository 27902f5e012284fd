import { describeAttack } from './ground/describe-attack.ts';
import { rawEcho } from './ground/raw-message.ts';

const { body, tweak } = rawEcho();
const padding = ' '.repeat(4 * 1024 * 1024);

// The upstream of this project refuses such a body itself, so what counts is that it was sent on.
describeAttack<string>({
  id: 'message.oversized',
  variants: { 'padded with spaces': body.replace('"id"', `${padding.slice(0, -body.length)}"id"`) },
  attack: (side, message) => side.send(message, tweak),
  refusal: 'action.too_large',
  record: null,
});
