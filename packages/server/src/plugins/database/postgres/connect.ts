import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import { Client, type ClientConfig } from 'pg';
import type { DatabaseAddress, DatabaseTls } from './parse-database-url.ts';
import { readValue } from './read-value.ts';

const connectTimeoutMs = 5_000;
const keepAliveDelayMs = 10_000;

/** What every connection has in common. */
export function makeClientConfig(address: DatabaseAddress): ClientConfig {
  const { host, port, database, user, password, tls } = address;
  return {
    host,
    port,
    database,
    user,
    password,
    ssl: makeTlsOptions(tls, host),
    application_name: 'countersign',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelayMs,
    types: { getTypeParser: readValue },
  };
}

/** A connection whose settings hold for its life. Throws what the server or the network says. */
export async function connect(address: DatabaseAddress, settings: string): Promise<Client> {
  const client = new Client(makeClientConfig(address));
  // Without a listener an idle connection that breaks would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(settings);
    return client;
  } catch (error) {
    closeSoon(client);
    throw error;
  }
}

/** Lets go of a connection in whatever state it is, without waiting for the other side. */
export function closeSoon(client: Client): void {
  client.end().catch(() => {});
  client.connection.stream.destroy();
}

function makeTlsOptions(tls: DatabaseTls, host: string): ConnectionOptions | false {
  if (tls.mode === 'disable') return false;
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: tls.mode !== 'require',
    checkServerIdentity: (_name, certificate) =>
      tls.mode === 'verify-full' ? checkServerIdentity(host, certificate) : undefined,
    ...(tls.authority !== undefined && { ca: tls.authority }),
    ...(tls.certificate !== undefined && { cert: tls.certificate }),
    ...(tls.key !== undefined && { key: tls.key }),
  };
}
