import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import type { NatsAddress } from './nats-address.ts';

const patienceMilliseconds = 2_000;

/** A connection that does not mend itself: whoever has lost it must join anew. `lost` is called when it ends. */
export async function openNatsConnection(address: NatsAddress, lost: () => void): Promise<NatsConnection> {
  const { url, credentials, authority } = address;
  const connection = await connect({
    servers: url,
    name: 'countersign',
    reconnect: false,
    ignoreClusterUpdates: true,
    timeout: patienceMilliseconds,
    pingInterval: 1_000,
    maxPingOut: 2,
    ...(credentials !== undefined && { authenticator: credsAuthenticator(Buffer.from(credentials)) }),
    ...(authority !== undefined && { tls: { ca: authority } }),
  });
  connection.closed().then(lost, lost);
  return connection;
}
