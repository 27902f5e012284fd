import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { createSlots, type Slots } from '../mcp/call-slots.ts';
import { serveAgent } from './agent/serve-agent.ts';
import { serveClaude } from './claude/serve-claude.ts';
import { HeldCalls } from './held-calls.ts';
import type { HookRequest } from './hook-request.ts';
import { Turns } from './turns.ts';
import { Waits } from './waits.ts';

const folder = '/hooks/';

/** What is answered with 200, and the code of the refusal that it tells, for logs of proxies. */
export interface HookAnswer {
  readonly body: object;
  readonly refused?: string;
}

/** Serves the request when there is a place. Throws `server.overloaded`. */
export type InSlot = (work: (parts: HookRequest) => Promise<HookAnswer>) => Promise<HookAnswer>;

export function isForHooks(url: string): boolean {
  return url.startsWith(folder);
}

/**
 * Serves `/hooks/`: programs whose tools never cross the gateway ask here before they use them, and say what came of it.
 * Makes a hook an action, enters the path, makes its outcome the program's words, decides nothing.
 */
export function createHooksDoor(
  context: Context,
  standing: Readonly<Record<string, string>>,
): (request: IncomingMessage, response: ServerResponse) => void {
  const origin = new URL(context.config.server.publicUrl).origin;
  const { maxConcurrentCalls } = context.config.server;
  const slots = createSlots(maxConcurrentCalls);
  const waits = new Waits(maxConcurrentCalls);
  const held = new HeldCalls();
  const turns = new Turns();
  return (request, response) => {
    const hangUp = new AbortController();
    const onClose = () => hangUp.abort(new AppError('action.aborted'));
    response.on('error', () => {});
    response.once('close', onClose);
    const headers = () => ({
      ...standing,
      'dpop-nonce': context.tokens.nextNonce(),
      'cache-control': 'no-store',
    });
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    const parts = {
      context,
      held,
      turns,
      request,
      path,
      query: new URLSearchParams(query),
      hungUp: hangUp.signal,
    };
    serve(parts, { origin, slots, waits })
      .then(
        ({ body, refused }) => {
          const told = refused === undefined ? {} : { 'x-countersign-error': refused };
          write(response, 200, { ...headers(), ...told, 'content-type': 'application/json' }, body);
        },
        (thrown: unknown) => refuse(context, response, headers(), toAppError(thrown)),
      )
      .finally(() => response.removeListener('close', onClose));
  };
}

interface Bounds {
  readonly origin: string;
  readonly slots: Slots;
  readonly waits: Waits;
}

async function serve(
  asked: Omit<HookRequest, 'waitAside'>,
  { origin, slots, waits }: Bounds,
): Promise<HookAnswer> {
  const { request, path } = asked;
  const from = request.headers.origin;
  if (from !== undefined && from !== origin) throw new AppError('action.origin_refused');
  if (request.method !== 'POST')
    throw new AppError('action.http_method_refused', { headers: { allow: 'POST' } });
  const inSlot: InSlot = (work) =>
    slots.run((slot) =>
      work({
        ...asked,
        waitAside: (agentId, wait) => waits.run(agentId, () => slot.leaveDuring(wait)),
      }),
    );
  return path === `${folder}claude` ? serveClaude(asked, inSlot) : inSlot(serveAgent);
}

/** RFC 9457 problem details; the body of the request may be unread, so the connection ends. */
function refuse(
  context: Context,
  response: ServerResponse,
  standing: Readonly<Record<string, string>>,
  error: AppError,
): void {
  if (error.code === 'server.internal') context.log.error({ err: error.cause ?? error }, 'a hook failed');
  const { status, caller } = error.entry;
  const headers = { ...standing, ...error.headers, 'x-countersign-error': error.code, connection: 'close' };
  write(
    response,
    status,
    { ...headers, 'content-type': 'application/problem+json' },
    {
      type: `urn:countersign:error:${error.code}`,
      title: caller,
      status,
      code: error.code,
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    },
  );
}

function write(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: object,
): void {
  if (response.destroyed) return;
  const text = Buffer.from(JSON.stringify(body));
  // In one spelling, or a header that an error brings would stand beside the standing one.
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  response.writeHead(status, { ...Object.fromEntries(named), 'content-length': text.length });
  response.end(text);
}
