import { type FilledTurn, halve } from './fake-turn.ts';

export function answerMessages(turn: FilledTurn): object {
  const text = turn.text === '' ? [] : [{ type: 'text', text: turn.text }];
  return {
    ...describe(turn),
    content: [
      ...text,
      ...turn.calls.map((call) => ({ ...nameCall(call), input: readInput(call.arguments) })),
    ],
    stop_reason: nameStop(turn),
    stop_sequence: null,
    usage: { input_tokens: turn.usage.input, output_tokens: turn.usage.output },
  };
}

export function streamMessages(turn: FilledTurn): readonly string[] {
  const usage = { input_tokens: turn.usage.input, output_tokens: 1 };
  const message = { ...describe(turn), content: [], stop_reason: null, stop_sequence: null, usage };
  const text = turn.text === '' ? [] : [streamBlock(0, { type: 'text', text: '' }, 'text_delta', turn.text)];
  const calls = turn.calls.map((call, i) =>
    streamBlock(text.length + i, { ...nameCall(call), input: {} }, 'input_json_delta', call.arguments),
  );
  return [
    event({ type: 'message_start', message }),
    event({ type: 'ping' }),
    ...text.flat(),
    ...calls.flat(),
    event({
      type: 'message_delta',
      delta: { stop_reason: nameStop(turn), stop_sequence: null },
      usage: { output_tokens: turn.usage.output },
    }),
    event({ type: 'message_stop' }),
  ];
}

function streamBlock(
  index: number,
  content_block: object,
  type: 'text_delta' | 'input_json_delta',
  whole: string,
): readonly string[] {
  const member = type === 'text_delta' ? 'text' : 'partial_json';
  return [
    event({ type: 'content_block_start', index, content_block }),
    ...halve(whole).map((part) =>
      event({ type: 'content_block_delta', index, delta: { type, [member]: part } }),
    ),
    event({ type: 'content_block_stop', index }),
  ];
}

function describe({ model }: FilledTurn) {
  return { id: 'msg_fake', type: 'message', role: 'assistant', model };
}

function nameCall({ id, name }: FilledTurn['calls'][number]) {
  return { type: 'tool_use', id, name };
}

function nameStop({ calls }: FilledTurn): string {
  return calls.length === 0 ? 'end_turn' : 'tool_use';
}

function readInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function event(value: { readonly type: string; readonly [member: string]: unknown }): string {
  return `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
}
