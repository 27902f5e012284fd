import { describeAttack } from './ground/describe-attack.ts';
import { rawEcho } from './ground/raw-message.ts';

const { body, tweak } = rawEcho();

// The gateway reads one of the two, the upstream the other.
describeAttack<string>({
  id: 'message.duplicate-keys',
  variants: {
    'two tools': body.replace('"name":"echo"', '"name":"pay","name":"echo"'),
    'two tools, one escaped': body.replace('"name":"echo"', '"n\\u0061me":"pay","name":"echo"'),
    'two arguments': body.replace('"text":"hi"', '"text":"evil","text":"hi"'),
    'two methods': body.replace('"method":"tools/call"', '"method":"tools/list","method":"tools/call"'),
  },
  attack: (side, message) => side.send(message, tweak),
  refusal: 'action.malformed',
});
