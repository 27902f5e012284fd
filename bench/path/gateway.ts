// Child process: the whole gateway on a data folder of its own, with `--constant-policy` a permit in place of Cedar.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { NO_OBLIGATIONS, ValueIndex } from '@countersign/core';
import {
  buildContext,
  buildHandle,
  type Context,
  completeConfig,
  configSchema,
  createLog,
  createPlatform,
  observeSteps,
  upstreamResource,
} from '@countersign/server/parts';
import { answerMessages } from './answer-messages.ts';
import { type EnrolledAgent, enrolAgents, hireAgents } from './enrol-agents.ts';
import type {
  BindAnswer,
  GatewayRequest,
  HireAnswer,
  NonceAnswer,
  ObserveAnswer,
  SignAnswer,
} from './gateway-messages.ts';
import { makeCertificate } from './make-certificate.ts';
import { addCopy, prepareGateway, upstreamName } from './prepare-gateway.ts';
import { signTaskToken } from './sign-task-token.ts';

const [folder = '', mode = ''] = process.argv.slice(2);
// Proofs are bound to the public URL, wherever the process listens.
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
const built = await buildContext(parts);
const context = mode === '--constant-policy' ? permitEverything(built) : built;
const handle = await buildHandle(context, parts);
let agents: readonly EnrolledAgent[] = [];
const observed = new Map<string, number[]>();

/** Only here: what the path costs when deciding costs nothing. */
function permitEverything(real: Context): Context {
  const policyIds = ['constant'];
  const reasons = [{ code: 'permitted', policyIds }] as const;
  const verdict = { effect: 'allow', policyIds, permits: policyIds, reasons, observed: [] } as const;
  const decide: Context['policies']['decide'] = () => ({
    verdict,
    obligations: NO_OBLIGATIONS,
    policyVersion: real.policies.version,
    limits: [],
  });
  return { ...real, policies: Object.create(real.policies, { decide: { value: decide } }) };
}

/** Only here: what the path costs when nothing is remembered of results. */
function forgetValues(): void {
  ValueIndex.prototype.learn = () => {};
}

function observe(on: boolean): ObserveAnswer {
  let last = 0;
  const listener = (step: string): void => {
    const now = performance.now();
    if (step !== 'arrive') {
      const times = observed.get(step) ?? [];
      times.push((now - last) * 1000);
      observed.set(step, times);
    }
    last = now;
  };
  observeSteps(on ? listener : null);
  const steps = Object.fromEntries(observed);
  observed.clear();
  return { steps };
}

async function signAll(signed: readonly EnrolledAgent[]): Promise<SignAnswer> {
  const url = upstreamResource(config.server.publicUrl, upstreamName);
  const accessTokens = await Promise.all(signed.map((agent) => signTaskToken(context, agent, url)));
  return { url, accessTokens, delegations: signed.map((agent) => agent.delegationId) };
}

/** An upstream carries a bounded number of calls at once; many agents have several. */
async function hire(asked: GatewayRequest & { readonly kind: 'hire' }): Promise<HireAnswer> {
  const hired = await hireAgents(context, asked.personId, asked.jwks);
  const names = Array.from({ length: asked.upstreams }, (_, i) => `${upstreamName}-${i}`);
  for (const name of names) await addCopy(context, name, asked.upstreamPort);
  const signed = hired.map(async (agent, i) => {
    const url = upstreamResource(config.server.publicUrl, names[i % names.length] ?? upstreamName);
    return { url, accessToken: await signTaskToken(context, agent, url) };
  });
  return { agents: await Promise.all(signed) };
}

async function answer(request: GatewayRequest): Promise<object> {
  switch (request.kind) {
    case 'prepare':
      if (request.containment === 'off') forgetValues();
      await prepareGateway(context, request);
      return {};
    case 'enrol':
      agents = await enrolAgents(context, request.jwks);
      return {};
    case 'sign':
      return signAll(agents);
    case 'hire':
      return hire(request);
    case 'nonce':
      return { nonce: context.tokens.nextNonce() } satisfies NonceAnswer;
    case 'bind': {
      const [agent] = agents;
      if (agent === undefined) throw new Error('no agent is enrolled');
      const url = upstreamResource(config.server.publicUrl, upstreamName);
      const accessToken = await signTaskToken(context, agent, url, request.x5t);
      return { accessToken, port: (encrypted.address() as AddressInfo).port } satisfies BindAnswer;
    }
    case 'observe':
      return observe(request.on);
  }
}

async function stop(): Promise<void> {
  server.closeAllConnections();
  encrypted.closeAllConnections();
  await context.upstreams.close();
  await context.store.close();
  process.exit(0);
}

const server = createServer(handle);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { cert, key } = await makeCertificate(privateKey, 'localhost');
const encrypted = createTlsServer({ cert, key, requestCert: true, rejectUnauthorized: false }, handle);
process.on('SIGTERM', () => void stop());
answerMessages(answer);
encrypted.listen(0, '127.0.0.1', () => {
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
});
