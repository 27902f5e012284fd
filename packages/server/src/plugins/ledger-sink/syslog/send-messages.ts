import { lookup as systemLookup } from 'node:dns/promises';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AppError } from '@countersign/api';
import { isAddressAllowed } from '../../../outbound/address-guard.ts';

export interface SyslogPlace {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'none';
  readonly allowPrivate: boolean;
  readonly certificateAuthority?: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Every address of a name. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
}

/** Who had closed before we wrote has said so by then. */
const settleMilliseconds = 50;

/**
 * Sends framed messages over one connection of their own and ends it (RFC 5425 §4.3, RFC 6587 §3.4.1). Resolves once the
 * other side has read to the end and closed too: that is as much as syslog can tell. Throws what the network throws.
 */
export async function sendMessages(
  place: SyslogPlace,
  messages: readonly Buffer[],
  signal: AbortSignal,
): Promise<void> {
  const address = await resolve(place);
  signal.throwIfAborted();
  const socket = open(place, address);
  try {
    await new Promise<void>((done, fail) => {
      let isEnded = false;
      const end = (): void => {
        if (isEnded) done();
        else fail(new Error('the connection was closed before everything was sent'));
      };
      signal.addEventListener('abort', () => fail(signal.reason), { once: true });
      socket.on('error', fail);
      socket.on('end', end);
      socket.on('close', end);
      // A receiver of syslog says nothing; who does is another.
      socket.on('data', () => fail(new Error('it answers')));
      socket.once(place.security === 'tls' ? 'secureConnect' : 'connect', () => {
        socket.write(Buffer.concat(messages.map(frame)), () =>
          setTimeout(() => {
            isEnded = !socket.destroyed;
            socket.end();
          }, settleMilliseconds),
        );
      });
    });
  } finally {
    socket.destroy();
  }
}

/** Octet counting: no content of a message can begin another one. */
export function frame(message: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${message.length} `, 'latin1'), message]);
}

/** The address that is checked is the one that is connected to. */
async function resolve({ host, security, allowPrivate, lookup }: SyslogPlace): Promise<string> {
  const find =
    lookup ?? (async (name) => (await systemLookup(name, { all: true })).map((one) => one.address));
  const addresses = isIP(host) === 0 ? await find(host) : [host];
  const protocol = security === 'tls' ? 'https:' : 'http:';
  const [first] = addresses;
  if (first === undefined || !addresses.every((one) => isAddressAllowed(one, protocol, allowPrivate)))
    throw new AppError('upstream.address_refused', { detail: 'the resolved address is not permitted' });
  return first;
}

function open(place: SyslogPlace, address: string): Socket {
  const { host, port, certificateAuthority, certificate } = place;
  if (place.security === 'none') return connectPlain({ host: address, port, allowHalfOpen: true });
  return connectTls({
    ...{ host: address, port, minVersion: 'TLSv1.2' },
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(certificateAuthority === undefined ? {} : { ca: certificateAuthority }),
    ...certificate,
  });
}
