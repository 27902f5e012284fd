import { mcpRequest } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';

const METHODS = [
  'admin/wipe',
  'logging/setLevel',
  'initialize',
  'resources/subscribe',
  'sampling/createMessage',
  'TOOLS/CALL',
];

describeAttack<string>({
  id: 'message.unknown-method',
  variants: Object.fromEntries(METHODS.map((method) => [method, method])),
  attack(side, method) {
    const { message, headers } = mcpRequest(method);
    return side.send(message, { headers });
  },
  works: ({ body }) => body.includes('no such method'),
  refusal: 'action.method_unknown',
  reaches: 0,
});
