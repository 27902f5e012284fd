import { describeAttack } from './ground/describe-attack.ts';
import { rawEcho } from './ground/raw-message.ts';

const { body, tweak } = rawEcho();

describeAttack<string>({
  id: 'message.poisoned-keys',
  variants: {
    'a prototype in the arguments': body.replace('"text":"hi"', '"text":"hi","__proto__":{"allowed":true}'),
    'a prototype, escaped': body.replace('"text":"hi"', '"text":"hi","\\u005f_proto__":{"allowed":true}'),
    'a prototype in the message': body.replace('{"jsonrpc"', '{"__proto__":{"id":2},"jsonrpc"'),
    'a constructor': body.replace('"text":"hi"', '"text":"hi","constructor":{"prototype":{"allowed":true}}'),
  },
  attack: (side, message) => side.send(message, tweak),
  refusal: {
    'a prototype in the arguments': 'action.malformed',
    'a prototype, escaped': 'action.malformed',
    'a prototype in the message': 'action.malformed',
    'a constructor': 'action.malformed',
  },
});
