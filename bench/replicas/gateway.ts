// Child process: one of several whole gateways on a database, with its bus and its jobs. argv: data folder, database, bus.
import { loadConfig, startServer } from '@countersign/server';
import { type Context, upstreamResource } from '@countersign/server/parts';
import { answerMessages } from '../path/answer-messages.ts';
import { type EnrolledAgent, enrolAgents, hireAgents } from '../path/enrol-agents.ts';
import type { GatewayRequest, HireAnswer, NonceAnswer, SignAnswer } from '../path/gateway-messages.ts';
import { addCopy, prepareGateway, upstreamName } from '../path/prepare-gateway.ts';
import { signTaskToken } from '../path/sign-task-token.ts';

const [folder = '', database = '', bus = ''] = process.argv.slice(2);
// As which all of them are known, wherever each listens.
const publicUrl = 'http://localhost:7420';
const environment = {
  COUNTERSIGN_LOG_LEVEL: 'warn',
  COUNTERSIGN_DATABASE_URL: database,
  COUNTERSIGN_SIGNALS_BUS: bus,
  COUNTERSIGN_SERVER_PUBLIC_URL: publicUrl,
  // The same again and again is what is measured.
  COUNTERSIGN_CASCADES_SAME_CALLS: '0',
  COUNTERSIGN_CASCADES_NEAR_CALLS: '0',
  COUNTERSIGN_CASCADES_CYCLES: '0',
  COUNTERSIGN_CASCADES_CHILDREN: '0',
  COUNTERSIGN_CASCADES_DENIALS: '0',
  COUNTERSIGN_CASCADES_ERRORS: '0',
};
const server = await startServer({
  config: loadConfig({ environment, flags: { server: { port: 0 }, data: { folder } } }),
  environment,
});
const context: Context = server.context;
const url = upstreamResource(publicUrl, upstreamName);
let agents: readonly EnrolledAgent[] = [];

async function hire(asked: GatewayRequest & { readonly kind: 'hire' }): Promise<HireAnswer> {
  const hired = await hireAgents(context, asked.personId, asked.jwks);
  const names = Array.from({ length: asked.upstreams }, (_, i) => `${upstreamName}-${i}`);
  for (const name of names) await addCopy(context, name, asked.upstreamPort);
  const signed = hired.map(async (agent, i) => {
    const own = upstreamResource(publicUrl, names[i % names.length] ?? upstreamName);
    return { url: own, accessToken: await signTaskToken(context, agent, own) };
  });
  return { agents: await Promise.all(signed) };
}

async function answer(request: GatewayRequest): Promise<object> {
  switch (request.kind) {
    case 'prepare':
      await prepareGateway(context, request);
      return {};
    case 'enrol':
      agents = await enrolAgents(context, request.jwks);
      return {};
    case 'sign': {
      const accessTokens = await Promise.all(agents.map((agent) => signTaskToken(context, agent, url)));
      const delegations = agents.map((agent) => agent.delegationId);
      return { url, accessTokens, delegations } satisfies SignAnswer;
    }
    case 'hire':
      return hire(request);
    case 'nonce':
      return { nonce: context.tokens.nextNonce() } satisfies NonceAnswer;
    default:
      throw new Error(`one of several gateways does not answer ${request.kind}`);
  }
}

answerMessages(answer);
process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)));
process.send?.({ port: server.port });
