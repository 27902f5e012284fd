import { PLAIN_TOOLS, startPlainUpstream } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';

// The upstream runs tools that it does not list; only the allow-list of the naive gateway is by chance as long.
describeAttack<string>({
  id: 'message.unknown-tool',
  upstream: () => startPlainUpstream({ tools: PLAIN_TOOLS.slice(0, 1) }),
  variants: { 'a tool that is not listed': 'pay' },
  attack: (side, tool) => side.call(tool, { to: 'DE00', amount: 1, currency: 'EUR' }),
  refusal: 'action.tool_unknown',
});
