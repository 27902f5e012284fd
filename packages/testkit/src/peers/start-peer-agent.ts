import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AgentCard, type AgentCard as Card, type Message, Role, TaskState } from '@a2a-js/sdk';
import {
  AgentEvent,
  type AgentExecutor,
  DefaultRequestHandler,
  InMemoryTaskStore,
  JsonRpcTransportHandler,
  ServerCallContext,
  UnauthenticatedUser,
} from '@a2a-js/sdk/server';

/** An agent of somebody else's, by the official SDK (A2A 1.0, JSON-RPC). */
export interface PeerAgent {
  readonly url: string;
  /** What it was asked, in order. */
  readonly asked: readonly PeerQuestion[];
  /** Replaces its card from the next request on: an object as JSON, or the very text to answer with. */
  showCard(card: object | string): void;
  /** Answers every other request so, until it is given nothing. */
  answerWith(answer: ((response: ServerResponse) => void) | undefined): void;
  close(): Promise<void>;
}

export interface PeerQuestion {
  readonly text: string;
  readonly metadata: unknown;
  readonly taskId: string;
  readonly contextId: string;
  readonly headers: IncomingMessage['headers'];
}

/** Says what it was told; `slow` piece by piece, `stay` without an end, `plain` as a message and no task. */
export async function startPeerAgent(
  sign: (card: Card) => Promise<Card> = async (card) => card,
): Promise<PeerAgent> {
  const asked: PeerQuestion[] = [];
  let shown: string | undefined;
  let answer: ((response: ServerResponse) => void) | undefined;
  let headers: IncomingMessage['headers'] = {};
  const executor = createExecutor((question) => asked.push({ ...question, headers }));
  let handler: JsonRpcTransportHandler | undefined;
  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/.well-known/agent-card.json') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(shown);
      return;
    }
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (answer !== undefined) return answer(response);
    headers = request.headers;
    const context = new ServerCallContext({ user: new UnauthenticatedUser(), requestedVersion: '1.0' });
    const result = await handler?.handle(body, context);
    if (result !== undefined && Symbol.asyncIterator in result) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for await (const event of result) response.write(`data: ${JSON.stringify(event)}\n\n`);
      response.end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const card = await sign(AgentCard.fromJSON(describeAgent(url)));
  shown = JSON.stringify(AgentCard.toJSON(card));
  handler = new JsonRpcTransportHandler(new DefaultRequestHandler(card, new InMemoryTaskStore(), executor));
  return {
    url,
    asked,
    showCard(next) {
      shown = typeof next === 'string' ? next : JSON.stringify(next);
    },
    answerWith(next) {
      answer = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The card of the agent, as JSON. */
export function describeAgent(url: string) {
  return {
    name: 'Ledger clerk',
    description: 'Looks things up in the books and corrects them.',
    version: '1.0.0',
    supportedInterfaces: [{ url: `${url}/rpc`, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
    capabilities: { streaming: true },
    defaultInputModes: ['text/plain'],
    defaultOutputModes: ['text/plain'],
    skills: [
      { id: 'lookup', name: 'Look up', description: 'Finds an entry.', tags: ['books'] },
      { id: 'correct', name: 'Correct', description: 'Changes an entry.', tags: ['books'] },
    ],
  };
}

function createExecutor(note: (question: Omit<PeerQuestion, 'headers'>) => void): AgentExecutor {
  return {
    async execute({ request, taskId, contextId }, bus) {
      const { message } = request;
      const part = message?.parts[0]?.content;
      const text = part?.$case === 'text' ? part.value : '';
      note({ text, metadata: message?.metadata, taskId: message?.taskId ?? '', contextId });
      const say = (words: string): Message => ({
        messageId: crypto.randomUUID(),
        role: Role.ROLE_AGENT,
        parts: [
          { content: { $case: 'text', value: words }, metadata: undefined, filename: '', mediaType: '' },
        ],
        taskId,
        contextId,
        metadata: undefined,
        extensions: [],
        referenceTaskIds: [],
      });
      if (text.startsWith('plain')) {
        bus.publish(AgentEvent.message({ ...say(`you said ${text}`), taskId: '' }));
        bus.finished();
        return;
      }
      const status = (state: TaskState, words?: string) => ({
        state,
        message: words === undefined ? undefined : say(words),
        timestamp: new Date().toISOString(),
      });
      const whole = { id: taskId, contextId, artifacts: [], history: [], metadata: undefined };
      bus.publish(AgentEvent.task({ ...whole, status: status(TaskState.TASK_STATE_WORKING) }));
      if (text.startsWith('stay')) return;
      if (text.startsWith('slow')) {
        for (const word of ['one', 'two', 'three'])
          bus.publish(
            AgentEvent.artifactUpdate({
              ...{
                taskId,
                contextId,
                append: word !== 'one',
                lastChunk: word === 'three',
                metadata: undefined,
              },
              artifact: {
                ...{ artifactId: 'words', name: '', description: '', metadata: undefined, extensions: [] },
                parts: say(word).parts,
              },
            }),
          );
      }
      bus.publish(
        AgentEvent.statusUpdate({
          ...{ taskId, contextId, metadata: undefined },
          status: status(TaskState.TASK_STATE_COMPLETED, `you said ${text}`),
        }),
      );
      bus.finished();
    },
    async cancelTask(taskId, bus) {
      bus.publish(
        AgentEvent.statusUpdate({
          ...{ taskId, contextId: '', metadata: undefined },
          status: { state: TaskState.TASK_STATE_CANCELED, message: undefined, timestamp: undefined },
        }),
      );
      bus.finished();
    },
  };
}
