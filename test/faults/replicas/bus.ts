import { startNats } from '@countersign/testkit';
import { disturbNats } from './disturb-nats.ts';
import { disturbPostgres } from './disturb-postgres.ts';
import type { DatabasePair } from './pair.ts';
import { layWire, type Wire } from './wire.ts';

export type BusKind = 'postgres' | 'nats';

/** What gateways tell one another over, each through a wire of its own. */
export interface Bus {
  readonly kind: BusKind;
  layWire(): Promise<{ readonly wire: Wire; readonly url: string }>;
  /** Where all wires lead after the primary has failed over. */
  port(): number;
  /** What is published comes late, in another order, and some of it twice, until the function that it returns is called. */
  disturb(): Promise<() => Promise<void>>;
  remove(): Promise<void>;
}

export async function startBus(kind: BusKind, pair: DatabasePair, random: () => number): Promise<Bus> {
  return kind === 'nats' ? startNatsBus(random) : createPostgresBus(pair);
}

function createPostgresBus(pair: DatabasePair): Bus {
  return {
    kind: 'postgres',
    port: pair.port,
    async layWire() {
      const wire = await layWire({ port: pair.port() });
      return { wire, url: through(pair.url(), wire) };
    },
    disturb: () => disturbPostgres(pair),
    remove: async () => {},
  };
}

async function startNatsBus(random: () => number): Promise<Bus> {
  const nats = await startNats();
  const port = Number(new URL(nats.url).port);
  let isOn = false;
  const disturbance = { subject: 'countersign.signals', random, isOn: () => isOn };
  return {
    kind: 'nats',
    port: () => port,
    async layWire() {
      const wire = await layWire({ port, disturb: () => disturbNats(disturbance) });
      return { wire, url: through(nats.url, wire) };
    },
    async disturb() {
      isOn = true;
      return async () => {
        isOn = false;
      };
    },
    remove: () => nats.remove(),
  };
}

function through(url: string, { port }: Wire): string {
  const own = new URL(url);
  own.hostname = '127.0.0.1';
  own.port = String(port);
  return own.href;
}
