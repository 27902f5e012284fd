import { AppError, toAppError } from '@countersign/api';
import type { Context } from '../../../context.ts';
import { type PresentedToken, upstreamResource } from '../../../tokens/index.ts';
import { declareTools } from '../../../upstreams/index.ts';
import { readJsonBody } from '../../authzen/index.ts';
import { listHeaderValues } from '../../mcp/index.ts';
import { type HookRequest, mostBodyBytes } from '../hook-request.ts';
import type { HookAnswer } from '../serve-hooks.ts';
import { answerCall } from './answer-call.ts';
import { answerResult } from './answer-result.ts';

/** An agent that shows its own token for the upstream, and what it sent. */
export interface AgentHook extends HookRequest {
  readonly upstream: string;
  readonly token: PresentedToken;
  readonly taskId: string;
}

const form = /^\/hooks\/([a-z][a-z0-9-]{0,62})\/(call|result|tools)$/;

/** `/hooks/<upstream>/call`, `/result` and `/tools`: for agents with a task token and a key of their own. */
export async function serveAgent(parts: HookRequest): Promise<HookAnswer> {
  const { context, request } = parts;
  const [, upstream = '', what] = form.exec(parts.path) ?? [];
  if (what === undefined) throw new AppError('server.not_found');
  const token = await authenticate(parts, upstream);
  const { taskId } = token;
  if (taskId === null) throw new AppError('token.audience_mismatch');
  const body = await readJsonBody(request, mostBodyBytes);
  const hook = { ...parts, upstream, token, taskId };
  if (what === 'call') return answerCall(hook, body);
  if (what === 'result') return answerResult(hook, body);
  return { body: await declareTools(context, { agentId: token.agentId, upstream, tools: body.tools }) };
}

async function authenticate(
  { context, request, path }: HookRequest,
  upstream: string,
): Promise<PresentedToken> {
  const { publicUrl } = context.config.server;
  try {
    return await context.tokens.verifyPresented({
      authorization: listHeaderValues(request.rawHeaders, 'authorization'),
      dpop: listHeaderValues(request.rawHeaders, 'dpop'),
      certificate: context.tokens.findCertificate(request),
      method: request.method ?? '',
      url: `${publicUrl}${path}`,
      audience: upstreamResource(publicUrl, upstream),
    });
  } catch (thrown) {
    countRefused(context, toAppError(thrown), upstream);
    throw thrown;
  }
}

/** Noise of callers that nobody knows cannot flood the ledger. */
function countRefused(context: Context, { code }: AppError, upstream: string): void {
  context.unauthenticated.count(code, upstream);
}
