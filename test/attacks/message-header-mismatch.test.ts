import { toolCall } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';

// Whoever reads only headers, a proxy, a log or a limiter, is told of another call than the one that runs.
describeAttack<{ readonly [name: string]: string | undefined }>({
  id: 'message.header-mismatch',
  variants: {
    'another tool': { 'mcp-name': 'echo' },
    'another method': { 'mcp-method': 'tools/list', 'mcp-name': 'pay' },
    'no method': { 'mcp-method': undefined, 'mcp-name': 'pay' },
    'no name': { 'mcp-name': undefined },
  },
  attack(side, changed) {
    const { message, headers } = toolCall('pay', { to: 'DE00', amount: 1, currency: 'EUR' });
    const sent = Object.entries({ ...headers, ...changed }).filter(([, value]) => value !== undefined);
    return side.send(message, { headers: Object.fromEntries(sent) });
  },
  refusal: 'action.header_mismatch',
});
