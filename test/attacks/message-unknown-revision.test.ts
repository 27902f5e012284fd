import { toolCall } from '@countersign/testkit';
import { describeAttack } from './ground/describe-attack.ts';

describeAttack<string>({
  id: 'message.unknown-revision',
  variants: { 'an older one': '2024-11-05', 'one to come': '2099-01-01', 'no date': 'latest' },
  attack(side, revision) {
    const { message, headers } = toolCall(
      'echo',
      { text: 'hi' },
      {
        meta: { 'io.modelcontextprotocol/protocolVersion': revision },
      },
    );
    return side.send(message, { headers: { ...headers, 'mcp-protocol-version': revision } });
  },
  refusal: 'action.version_unsupported',
});
