import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BindAnswer, GatewayRequest, NonceAnswer, SignAnswer } from './gateway-messages.ts';
import { type AgentKey, type Caller, makeRequests } from './make-requests.ts';
import type { Preparation } from './prepare-gateway.ts';
import { type Child, startChild } from './start-child.ts';

/** A gateway process with the agents that call it. */
export interface Gateway extends Child {
  /** The first agent alone. */
  readonly one: readonly Caller[];
  readonly all: readonly Caller[];
  /** Calls with fresh proofs, ready to be sent within the next minute. */
  prepare(
    callers: readonly Caller[],
    count: number,
    first?: number,
    order?: string,
  ): Promise<readonly Buffer[]>;
  /** What each agent acts under, in the order of `all`. */
  readonly delegations: readonly string[];
  bindToCertificate(x5t: string): Promise<BindAnswer>;
  /** Gives every agent a new token, good for five minutes. */
  renew(): Promise<void>;
}

/** Everything that is measured, each in a process of its own. */
export interface Contenders {
  readonly governed: Gateway;
  /** With a permit in place of the policies. */
  readonly constant: Gateway;
  readonly limit: Child;
  readonly bare: Child;
  readonly upstream: Child;
  /** Where the data folders are. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** Starts them; the governed gateway gets an agent for each key, the others the first one only. */
export async function startContenders(keys: readonly AgentKey[]): Promise<Contenders> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const children: Child[] = [];
  const start = async (file: string, ...args: string[]): Promise<Child> => {
    const child = await startChild(file, args);
    children.push(child);
    return child;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(children.map((child) => child.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const upstream = await start('upstream.ts');
    const bare = await start('proxy.ts', String(upstream.port));
    const limit = await start('proxy.ts', String(upstream.port), '--verify');
    const governed = await openGateway(
      await start('gateway.ts', join(folder, 'governed')),
      upstream.port,
      keys,
    );
    const plain = await start('gateway.ts', join(folder, 'constant'), '--constant-policy');
    const constant = await openGateway(plain, upstream.port, keys.slice(0, 1));
    return { governed, constant, limit, bare, upstream, folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Puts upstream, policies and an agent for each key into a gateway process. */
export async function openGateway(
  child: Child,
  upstreamPort: number,
  keys: readonly AgentKey[],
  containment?: Preparation['containment'],
): Promise<Gateway> {
  const ask = <Answer>(request: GatewayRequest): Promise<Answer> => child.ask<Answer>(request);
  let url = '';
  let callers: readonly Caller[] = [];
  let delegations: readonly string[] = [];
  const renew = async (): Promise<void> => {
    const signed = await ask<SignAnswer>({ kind: 'sign' });
    url = signed.url;
    delegations = signed.delegations;
    callers = keys.map((key, i) => ({ key, accessToken: signed.accessTokens[i] ?? '' }));
  };
  await ask({ kind: 'prepare', upstreamPort, ...(containment !== undefined && { containment }) });
  await ask({ kind: 'enrol', jwks: keys.map((key) => key.publicJwk) });
  await renew();
  return {
    ...child,
    renew,
    get one() {
      return callers.slice(0, 1);
    },
    get all() {
      return callers;
    },
    bindToCertificate: (x5t) => ask<BindAnswer>({ kind: 'bind', x5t }),
    get delegations() {
      return delegations;
    },
    async prepare(chosen, count, first = 0, order) {
      const { nonce } = await ask<NonceAnswer>({ kind: 'nonce' });
      return makeRequests(chosen, { url, nonce, count, first, ...(order === undefined ? {} : { order }) });
    },
  };
}
