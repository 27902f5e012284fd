import { describeAttack } from './ground/describe-attack.ts';
import { rawEcho } from './ground/raw-message.ts';

const { body, tweak } = rawEcho();
const bytes = (text: string) => Buffer.from(text, 'latin1');

// A reader of its own kind at the upstream may understand what another one does not.
describeAttack<string | Uint8Array>({
  id: 'message.malformed',
  variants: {
    'a number too large for any double': body.replace('"id":1', '"id":1e999'),
    'a whole number that loses digits': body.replace('"id":1', '"id":9007199254740993'),
    'a lone surrogate': body.replace('"hi"', '"\\ud800"'),
    'bytes that are no UTF-8': bytes(body.replace('"hi"', '"\xff\xfe"')),
    'another version of JSON-RPC': body.replace('"2.0"', '"1.0"'),
    'an id that is an object': body.replace('"id":1', '"id":{"a":1}'),
  },
  attack: (side, message) => side.send(message, tweak),
  works: ({ status }) => status === 200,
  refusal: 'action.malformed',
});
