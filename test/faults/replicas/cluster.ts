import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  driveGateway,
  type GatewayDriver,
  PATIENT,
  PLAIN_TOOLS,
  startPlainUpstream,
  type Upstream,
} from '@countersign/testkit';
import { type Bus, type BusKind, startBus } from './bus.ts';
import { type Front, startFront } from './front.ts';
import { type DatabasePair, startPair } from './pair.ts';
import { type Replica, startReplica } from './replica.ts';
import { layWire } from './wire.ts';

export interface ClusterOptions {
  readonly gateways: number;
  readonly bus: BusKind;
  readonly random: () => number;
}

/** Gateways on one data folder, a primary with its standby, a bus, an upstream, and the wires between them. */
export interface Cluster {
  readonly folder: string;
  readonly driver: GatewayDriver;
  readonly replicas: readonly Replica[];
  readonly pair: DatabasePair;
  readonly bus: Bus;
  readonly upstream: Upstream;
  /** Fails over, and leads every wire to the new primary. */
  failOver(pauseMilliseconds: number): Promise<void>;
  close(keepsFolder: boolean): Promise<void>;
}

/** `wire` asks a person, `count` is limited by a policy, the others are permitted. */
export const UPSTREAM = 'shop';
const POLICY = `
@id("free")
permit (principal, action, resource);

@id("counted")
@limit("per=agent; calls=40")
permit (principal, action == Countersign::Action::"${UPSTREAM}/count", resource);

@id("ask-before-wire")
@stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action == Countersign::Action::"${UPSTREAM}/wire", resource);
`;
export const MOST_COUNTED = 40;

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const place = mkdtempSync(join(tmpdir(), 'countersign-replicas-'));
  const folder = join(place, 'data');
  const ends: (() => unknown)[] = [() => rmSync(place, { recursive: true, force: true })];
  const close = async (keepsFolder: boolean): Promise<void> => {
    for (const end of ends.slice(keepsFolder ? 1 : 0).toReversed()) await end();
  };
  try {
    const pair = await startPair();
    ends.push(() => pair.remove());
    const bus = await startBus(options.bus, pair, options.random);
    ends.push(() => bus.remove());
    const upstream = await startPlainUpstream({ tools: listTools() });
    ends.push(() => upstream.close());
    const replicas: Replica[] = [];
    const front = await startFront(() => replicas.map((replica) => replica.port()), options.random);
    ends.push(() => front.close());
    const parts: ReplicaParts = { place, folder, pair, bus, front, ends };
    replicas.push(await addReplica(0, parts));
    const driver = await joinFirst(replicas[0], { front, folder });
    const others = Array.from({ length: options.gateways - 1 }, (_, n) => addReplica(n + 1, parts));
    replicas.push(...(await Promise.all(others)));
    await furnish(driver, upstream);
    return {
      ...{ folder, driver, replicas, pair, bus, upstream, close },
      async failOver(pauseMilliseconds) {
        await pair.failOver(pauseMilliseconds);
        for (const replica of replicas) {
          replica.database.lead(pair.port());
          replica.bus.lead(bus.port());
        }
      },
    };
  } catch (error) {
    await close(false);
    throw error;
  }
}

interface ReplicaParts {
  readonly place: string;
  readonly folder: string;
  readonly pair: DatabasePair;
  readonly bus: Bus;
  readonly front: Front;
  readonly ends: (() => unknown)[];
}

async function addReplica(number: number, parts: ReplicaParts): Promise<Replica> {
  const { place, folder, pair, bus, front, ends } = parts;
  const database = await layWire({ port: pair.port() });
  ends.push(() => database.close());
  const own = await bus.layWire();
  ends.push(() => own.wire.close());
  const url = new URL(pair.url());
  url.port = String(database.port);
  const replica = await startReplica({
    number,
    folder,
    log: join(place, `gateway-${number}.log`),
    database,
    bus: own.wire,
    environment: {
      ...PATIENT,
      COUNTERSIGN_LOG_LEVEL: 'warn',
      COUNTERSIGN_DATABASE_URL: url.href,
      COUNTERSIGN_SIGNALS_BUS: own.url,
      COUNTERSIGN_SERVER_PUBLIC_URL: `http://localhost:${front.port}`,
    },
  });
  ends.push(() => replica.stop());
  return replica;
}

function joinFirst(
  replica: Replica | undefined,
  { front, folder }: { readonly front: Front; readonly folder: string },
): Promise<GatewayDriver> {
  const link = replica?.link() ?? null;
  return driveGateway({ url: `http://localhost:${front.port}`, folder, link, now: Date.now });
}

async function furnish(driver: GatewayDriver, upstream: Upstream): Promise<void> {
  await driver.addUpstream(UPSTREAM, { url: upstream.url });
  for (const tool of ['pay', 'wire']) {
    const classified = await driver.operator(
      'PUT',
      `/v1/upstreams/${UPSTREAM}/tools/${tool}/classification`,
      {
        effects: ['write', 'spend'],
        dataDomain: 'payments',
        amountPointer: '/amount',
        amountCurrency: '/currency',
      },
    );
    if (classified.status !== 200) throw new Error(`not classified: ${classified.body}`);
  }
  const activated = await driver.activatePolicy(POLICY);
  if (activated.status !== 201) throw new Error(`the policy was refused: ${activated.body}`);
}

function listTools(): typeof PLAIN_TOOLS {
  const [echo, pay] = PLAIN_TOOLS;
  if (echo === undefined || pay === undefined) throw new Error('there are no tools to copy');
  return [echo, pay, { ...echo, name: 'count' }, { ...pay, name: 'wire' }];
}
