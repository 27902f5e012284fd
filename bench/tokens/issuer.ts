// Child process: the whole server on a data folder of its own, to be asked for tokens.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  buildContext,
  buildHandle,
  completeConfig,
  configSchema,
  createLog,
  createPlatform,
  upstreamResource,
} from '@countersign/server/parts';
import { answerMessages } from '../path/answer-messages.ts';
import { type EnrolledAgent, enrolAgents } from '../path/enrol-agents.ts';
import { prepareGateway, upstreamName } from '../path/prepare-gateway.ts';
import { buildChains } from './build-chains.ts';
import type { EnrolAnswer, IssuerRequest, LimitAnswer } from './issuer-messages.ts';
import { measureLimit } from './measure-limit.ts';

const [folder = ''] = process.argv.slice(2);
const config = completeConfig(
  configSchema.parse({
    server: { port: 7420 },
    data: { folder },
    log: { level: 'warn' },
    // The same again and again is what is measured.
    cascades: { sameCalls: 0, nearCalls: 0, cycles: 0, children: 0 },
  }),
);
const parts = {
  config,
  platform: createPlatform(),
  log: createLog(config),
  environment: {},
  version: '0.1.0',
  consoleFolder: folder,
};
const context = await buildContext(parts);
const handle = await buildHandle(context, parts);
const issuer = config.server.publicUrl;
let agents: readonly EnrolledAgent[] = [];

async function answer(request: IssuerRequest): Promise<object> {
  switch (request.kind) {
    case 'prepare':
      await prepareGateway(context, { upstreamPort: request.upstreamPort });
      return {};
    case 'enrol': {
      agents = await enrolAgents(context, request.jwks);
      const named = agents.map(({ id, taskId }) => ({ id, taskId }));
      return {
        issuer,
        resource: upstreamResource(issuer, upstreamName),
        agents: named,
      } satisfies EnrolAnswer;
    }
    case 'chains':
      return buildChains(context, agents);
    case 'nonce':
      return { nonce: context.tokens.nextNonce() };
    case 'limit':
      return { seconds: await measureLimit(request.count) } satisfies LimitAnswer;
  }
}

async function stop(): Promise<void> {
  server.closeAllConnections();
  await context.upstreams.close();
  await context.store.close();
  process.exit(0);
}

const server = createServer(handle);
process.on('SIGTERM', () => void stop());
answerMessages(answer);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
