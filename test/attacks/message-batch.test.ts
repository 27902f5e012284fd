import { describeAttack } from './ground/describe-attack.ts';
import { rawEcho } from './ground/raw-message.ts';

const { body, tweak } = rawEcho();

// The naive gateway finds no tool call in a batch, so it lets the batch through.
describeAttack({
  id: 'message.batch',
  attack: (side) => side.send(`[${body},${body}]`, tweak),
  works: ({ body: answer }) => answer.includes('no such method'),
  refusal: 'action.malformed',
  reaches: 0,
});
