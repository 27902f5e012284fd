import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { connect, credsAuthenticator, type NatsConnection, type TlsOptions } from '@nats-io/transport-node';
import type { NatsAddress } from './nats-address.ts';

const patienceMilliseconds = 2_000;

/** A connection that does not mend itself: whoever has lost it must join anew. `lost` is called when it ends. */
export async function openNatsConnection(address: NatsAddress, lost: () => void): Promise<NatsConnection> {
  const { url, credentials, authority } = address;
  const { protocol, hostname } = new URL(url);
  const isSecured = protocol === 'tls:';
  const connection = await connect({
    servers: url,
    name: 'countersign',
    reconnect: false,
    ignoreClusterUpdates: true,
    timeout: patienceMilliseconds,
    pingInterval: 1_000,
    maxPingOut: 2,
    ...(credentials !== undefined && { authenticator: credsAuthenticator(Buffer.from(credentials)) }),
    ...((authority !== undefined || isSecured) && { tls: describeTls(hostname, authority) }),
  });
  connection.closed().then(lost, lost);
  return connection;
}

/** The library asks for no name where the address is a number, and then any certificate for `localhost` would do. */
function describeTls(hostname: string, authority: string | undefined): TlsOptions {
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    ...(authority !== undefined && { ca: authority }),
    ...{ checkServerIdentity: (_: string, given: PeerCertificate) => checkServerIdentity(host, given) },
  };
}
