import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { startNaiveProgram } from './call-program-naively.ts';
import { forwardNaively } from './forward-naively.ts';
import type { NaiveState } from './naive-state.ts';
import { issueNaiveToken, readNaiveCaller } from './naive-tokens.ts';

export async function handleNaively(
  state: NaiveState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const body = await text(request);
  if (pathname === '/token') {
    const assertion = new URLSearchParams(body).get('client_assertion') ?? '';
    const token = await issueNaiveToken(state, assertion).catch(() => undefined);
    return answer(response, token === undefined ? 401 : 200, { access_token: token, token_type: 'Bearer' });
  }
  if (pathname === '/approve') {
    // The link is in a mail, so whoever opens it is taken for the person it was sent to.
    const [agent, tool] = [searchParams.get('agent') ?? '', searchParams.get('tool') ?? ''];
    state.approved.add(`${agent} ${tool}`);
    response.setHeader('content-type', 'text/html');
    response.end(`<h1>Approved</h1><p>${searchParams.get('arguments') ?? ''}</p>`);
    return;
  }
  await call(state, pathname.replace('/mcp/', ''), body, request, response);
}

async function call(
  state: NaiveState,
  upstreamName: string,
  body: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const agent = readNaiveCaller(request.headers.authorization);
  if (agent === undefined) return answer(response, 401, { error: 'sign in' });
  if (state.stopped.has(agent)) return answer(response, 403, { error: 'stopped' });
  if (state.config.upstreams[upstreamName] === undefined)
    return answer(response, 404, { error: 'unknown upstream' });
  const message = JSON.parse(body) as { id?: unknown; method?: string; params?: { name?: string } };
  if (message.method === 'tools/call') {
    // The header is there so that nobody has to read the body, so it is what the allow-list is asked about.
    const tool = `${upstreamName}/${String(request.headers['mcp-name'] ?? message.params?.name)}`;
    if (!state.config.allow[agent]?.includes(tool))
      return answer(response, 403, { error: `${tool} is not on your list` });
    if (state.config.ask?.includes(tool) && !state.approved.has(`${agent} ${tool}`)) {
      return answer(response, 202, { pending: `/approve?${new URLSearchParams({ agent, tool })}` });
    }
    const used = state.used.get(agent) ?? 0;
    if (used >= (state.config.calls ?? Number.POSITIVE_INFINITY))
      return answer(response, 403, { error: 'no calls left' });
    await forward(state, upstreamName, body, request, response);
    state.used.set(agent, used + 1);
    state.audit({ agent, tool });
    return;
  }
  // Only calls do anything, so all else is let through.
  await forward(state, upstreamName, body, request, response);
}

async function forward(
  state: NaiveState,
  name: string,
  body: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const upstream = state.config.upstreams[name];
  if (upstream === undefined) return;
  if ('url' in upstream) return forwardNaively(upstream, body, request.headers, response);
  const program = state.programs.get(name) ?? startNaiveProgram(upstream.program);
  state.programs.set(name, program);
  const line = await program.call(body);
  response.writeHead(200, { 'content-type': 'application/json' }).end(line);
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
