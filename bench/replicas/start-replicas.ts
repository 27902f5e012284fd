import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats, startPostgres } from '@countersign/testkit';
import { Client } from 'pg';
import { type Gateway, openGateway } from '../path/contenders.ts';
import type { NonceAnswer } from '../path/gateway-messages.ts';
import { type AgentKey, type Caller, makeRequests } from '../path/make-requests.ts';
import { type Child, startChild } from '../path/start-child.ts';

export const busKinds = ['postgres', 'nats'] as const;
export type BusKind = (typeof busKinds)[number];

/** Gateways on one database with their upstream, each in a process of its own. */
export interface Replicas {
  readonly children: readonly Child[];
  /** The first of them, which has prepared and enrolled everything. */
  readonly first: Gateway;
  readonly folder: string;
  readonly upstream: Child;
  /** Calls for one of them, with its own nonce. */
  prepareAt(
    gateway: number,
    callers: readonly Caller[],
    count: number,
    order?: string,
  ): Promise<readonly Buffer[]>;
  /** A request with the operator token; throws unless it was done. */
  operate(gateway: number, method: string, path: string, body: object): Promise<unknown>;
  stop(): Promise<void>;
}

export interface ReplicasWish {
  readonly count: number;
  readonly bus: BusKind;
  readonly keys: readonly AgentKey[];
  /** File of the upstream, as `startChild` takes it. */
  readonly upstream: string;
}

export async function startReplicas({ count, bus, keys, ...wish }: ReplicasWish): Promise<Replicas> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    const server = await startPostgres();
    ends.push(() => server.remove());
    const database = await createDatabase(server.url);
    const nats = bus === 'nats' ? await startNats() : undefined;
    if (nats !== undefined) ends.push(() => nats.remove());
    const upstream = await startChild(wish.upstream, []);
    ends.push(() => upstream.stop());
    const children: Child[] = [];
    for (let n = 0; n < count; n += 1) {
      const child = await startChild('../replicas/gateway.ts', [folder, database, nats?.url ?? 'postgres']);
      children.push(child);
      ends.push(() => child.stop());
    }
    const [main] = children;
    if (main === undefined) throw new Error('there is no gateway');
    const first = await openGateway(main, upstream.port, keys);
    const operator = (await readFile(join(folder, 'operator.token'), 'utf8')).trim();
    return {
      ...{ children, first, folder, upstream, stop },
      async prepareAt(gateway, callers, number, order) {
        const { nonce } = await pick(children, gateway).ask<NonceAnswer>({ kind: 'nonce' });
        const url = 'http://localhost:7420/mcp/orders';
        return makeRequests(callers, {
          url,
          nonce,
          count: number,
          ...(order === undefined ? {} : { order }),
        });
      },
      async operate(gateway, method, path, body) {
        const response = await fetch(`http://127.0.0.1:${pick(children, gateway).port}${path}`, {
          method,
          headers: { authorization: `Bearer ${operator}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
        return response.json();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function pick(children: readonly Child[], gateway: number): Child {
  const child = children[gateway];
  if (child === undefined) throw new Error(`there is no gateway ${gateway}`);
  return child;
}

async function createDatabase(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("CREATE DATABASE countersign TEMPLATE template0 ENCODING 'UTF8'");
  await client.end();
  return Object.assign(new URL(url), { pathname: '/countersign' }).href;
}
