import { type Mischief, type Received, startNaughtyServer } from './naughty-server.ts';

export interface SlackMessage {
  readonly channel: string;
  readonly ts: string;
  text: string;
  blocks: unknown;
  metadata: unknown;
}

export interface FakeSlack {
  /** Of the Web API, with its last slash. */
  readonly apiUrl: string;
  readonly token: string;
  readonly messages: readonly SlackMessage[];
  /** Methods that were called, in order. */
  readonly calls: readonly string[];
  setMischief(mischief: Mischief): void;
  /** Answers every call with this error of the platform; null for none. */
  setError(error: string | null): void;
  forget(): void;
  close(): Promise<void>;
}

/** As much of Slack's Web API as a bot needs that shows messages: it takes forms, as Slack does, and is strict. */
export async function startFakeSlack(): Promise<FakeSlack> {
  const token = 'xoxb-test-token';
  const messages: SlackMessage[] = [];
  const calls: string[] = [];
  let error: string | null = null;
  const answer = (received: Received): Readonly<Record<string, unknown>> => {
    const method = received.path.slice('/api/'.length);
    calls.push(method);
    if (received.headers.authorization !== `Bearer ${token}`) return { ok: false, error: 'invalid_auth' };
    if (error !== null) return { ok: false, error };
    const form = new URLSearchParams(received.body.toString('utf8'));
    const read = (name: string): unknown => {
      const text = form.get(name);
      return text === null ? undefined : JSON.parse(text);
    };
    const channel = form.get('channel') ?? '';
    const standing = channel.startsWith('U') ? `D${channel.slice(1)}` : channel;
    switch (method) {
      case 'chat.postMessage': {
        const ts = `1700000000.${String(messages.length + 1).padStart(6, '0')}`;
        const shown = { text: form.get('text') ?? '', blocks: read('blocks'), metadata: read('metadata') };
        messages.push({ channel: standing, ts, ...shown });
        return { ok: true, channel: standing, ts };
      }
      case 'chat.update': {
        const message = messages.find((one) => one.channel === channel && one.ts === form.get('ts'));
        if (message === undefined) return { ok: false, error: 'message_not_found' };
        message.text = form.get('text') ?? '';
        message.blocks = read('blocks');
        return { ok: true, channel, ts: message.ts };
      }
      case 'conversations.open':
        return { ok: true, channel: { id: `D${(form.get('users') ?? '').slice(1)}` } };
      case 'conversations.history':
        return { ok: true, messages: messages.filter((one) => one.channel === channel).reverse() };
      default:
        return { ok: false, error: 'unknown_method' };
    }
  };
  const server = await startNaughtyServer((received) => ({ status: 200, body: answer(received) }));
  return {
    apiUrl: `${server.origin}/api/`,
    ...{ token, messages, calls, setMischief: server.setMischief, close: server.close },
    setError(next) {
      error = next;
    },
    forget: () => void messages.splice(0),
  };
}
