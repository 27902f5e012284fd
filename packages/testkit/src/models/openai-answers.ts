import { type FilledTurn, halve } from './fake-turn.ts';

const id = 'chatcmpl-fake';

export function answerChat({ text, calls, model, usage }: FilledTurn): object {
  const toolCalls = calls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }));
  const message = {
    role: 'assistant',
    content: text === '' ? null : text,
    refusal: null,
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
  };
  return {
    ...{ id, object: 'chat.completion', created: 1_790_000_000, model },
    choices: [{ index: 0, message, logprobs: null, finish_reason: nameFinish(calls) }],
    usage: countChat(usage),
  };
}

export function streamChat(turn: FilledTurn): readonly string[] {
  const head = { id, object: 'chat.completion.chunk', created: 1_790_000_000, model: turn.model };
  const chunk = (delta: object, finish: string | null = null) =>
    data({ ...head, choices: [{ index: 0, delta, finish_reason: finish }] });
  const calls = turn.calls.flatMap((call, index) => [
    chunk({
      tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }],
    }),
    ...halve(call.arguments).map((part) => chunk({ tool_calls: [{ index, function: { arguments: part } }] })),
  ]);
  return [
    chunk({ role: 'assistant', content: '' }),
    ...halve(turn.text).map((content) => chunk({ content })),
    ...calls,
    chunk({}, nameFinish(turn.calls)),
    data({ ...head, choices: [], usage: countChat(turn.usage) }),
    'data: [DONE]\n\n',
  ];
}

export function answerResponses({ text, calls, model, usage }: FilledTurn): object {
  const message = {
    ...{ type: 'message', id: 'msg_fake', role: 'assistant', status: 'completed' },
    content: [{ type: 'output_text', text, annotations: [] }],
  };
  return {
    ...{ id: 'resp_fake', object: 'response', created_at: 1_790_000_000, status: 'completed', model },
    output: [
      ...(text === '' ? [] : [message]),
      ...calls.map((call) => ({
        ...{ type: 'function_call', id: `fc_${call.id}`, call_id: call.id, status: 'completed' },
        ...{ name: call.name, arguments: call.arguments },
      })),
    ],
    ...{ error: null, incomplete_details: null, parallel_tool_calls: true, tools: [], tool_choice: 'auto' },
    usage: {
      ...{ input_tokens: usage.input, output_tokens: usage.output, total_tokens: usage.input + usage.output },
      ...{ input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 } },
    },
  };
}

export function streamResponses(turn: FilledTurn): readonly string[] {
  const whole = answerResponses(turn) as { readonly output: readonly object[] };
  let number = 0;
  const event = (type: string, members: object) => {
    number += 1;
    return `event: ${type}\n${data({ type, sequence_number: number, ...members })}`;
  };
  const items = whole.output.flatMap((item, output_index) => {
    const call = turn.calls[output_index - (turn.text === '' ? 0 : 1)];
    const isMessage = output_index === 0 && turn.text !== '';
    const parts = halve(isMessage ? turn.text : (call?.arguments ?? ''));
    const item_id = isMessage ? 'msg_fake' : `fc_${call?.id}`;
    const empty = isMessage ? { ...item, content: [] } : { ...item, arguments: '' };
    const part = { type: 'output_text', text: '', annotations: [] };
    const kind = isMessage ? 'output_text' : 'function_call_arguments';
    return [
      event('response.output_item.added', { output_index, item: empty }),
      ...(isMessage
        ? [event('response.content_part.added', { item_id, output_index, content_index: 0, part })]
        : []),
      ...parts.map((delta) =>
        event(`response.${kind}.delta`, { item_id, output_index, content_index: 0, delta }),
      ),
      event('response.output_item.done', { output_index, item }),
    ];
  });
  const begun = { ...whole, status: 'in_progress', output: [], usage: null };
  return [
    event('response.created', { response: begun }),
    ...items,
    event('response.completed', { response: whole }),
  ];
}

function nameFinish(calls: FilledTurn['calls']): string {
  return calls.length === 0 ? 'stop' : 'tool_calls';
}

function countChat({ input, output }: FilledTurn['usage']) {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

function data(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
