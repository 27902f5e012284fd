import { describeAttack } from './ground/describe-attack.ts';
import type { Tweak } from './ground/side.ts';

describeAttack<Tweak>({
  id: 'token.proof-for-another-request',
  variants: {
    'another method': { htm: 'GET' },
    'another path': { htu: 'http://localhost/mcp/other' },
    'a host that the caller names': {
      htu: 'http://evil.example/mcp/shop',
      headers: { host: 'evil.example' },
    },
    'a host that a proxy names': {
      htu: 'http://evil.example/mcp/shop',
      headers: { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
    },
    'credentials in its URL': { htu: 'http://user:secret@localhost/mcp/shop' },
  },
  attack: (side, tweak) => side.call('echo', { text: 'hi' }, tweak),
  refusal: 'token.proof_invalid',
  record: null,
});
