import { describeAttack } from './ground/describe-attack.ts';
import { META } from './ground/raw-message.ts';

const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo' };
const around = (value: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":${value}},${META}}}`;

describeAttack<string>({
  id: 'message.deep',
  variants: {
    arrays: around('['.repeat(1000) + ']'.repeat(1000)),
    objects: around(`${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`),
    'many keys': around(`{${Array.from({ length: 50_000 }, (_, n) => `"k${n}":1`).join()}}`),
  },
  attack: (side, message) => side.send(message, { headers }),
  refusal: 'action.too_large',
});
