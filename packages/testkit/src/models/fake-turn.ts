/** One call of a tool that the scripted model asks for. */
export interface FakeToolCall {
  /** Made up when absent. */
  readonly id?: string;
  readonly name: string;
  /** A text is sent exactly as it is, well formed or not. */
  readonly arguments: object | string;
}

/** What the scripted model answers, in whichever shape it is asked. */
export interface FakeTurn {
  readonly text?: string;
  readonly toolCalls?: readonly FakeToolCall[];
  /** What it says that it is; what it was asked for when absent. */
  readonly model?: string;
  readonly usage?: { readonly input: number; readonly output: number };
  /** Of a stream: nothing after its first event is sent before this is kept. */
  readonly gate?: Promise<unknown>;
  /** Another status, with this body. */
  readonly status?: number;
  readonly body?: string;
  /** The exact text of an event stream, whatever it is; sent in these pieces. */
  readonly raw?: readonly string[];
}

/** A request exactly as it reached the model. */
export interface FakeModelRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body: { readonly [name: string]: unknown };
}

/** A turn in which everything is said. */
export interface FilledTurn {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly model: string;
  readonly usage: { readonly input: number; readonly output: number };
}

export function fillTurn(turn: FakeTurn, request: FakeModelRequest, number: number): FilledTurn {
  const calls = (turn.toolCalls ?? []).map((call, i) => ({
    id: call.id ?? `call_${number}_${i}`,
    name: call.name,
    arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
  }));
  const asked = typeof request.body.model === 'string' ? request.body.model : 'fake-1';
  return {
    text: turn.text ?? (calls.length === 0 ? 'done' : ''),
    calls,
    model: turn.model ?? asked,
    usage: turn.usage ?? { input: 11, output: 7 },
  };
}

/** In two pieces, as models send what is long. */
export function halve(text: string): readonly string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)].filter((part) => part !== '');
}
