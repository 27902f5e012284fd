import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { AppError } from '@countersign/api';
import { buildConnector } from 'undici';
import { isAddressAllowed } from './address-guard.ts';

export type Lookup = (
  host: string,
  options: { readonly all: true },
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

export interface ConnectorOptions {
  readonly allowPrivate: boolean;
  readonly timeoutMilliseconds: number;
  readonly lookup?: Lookup;
  /** PEM certificates trusted instead of the system's. */
  readonly certificateAuthority?: string;
}

/**
 * Connects only to addresses that the guard permits. The check is made on what the name resolved to for this very
 * connection, which then keeps that address: a name that later resolves elsewhere gains nothing (DNS rebinding).
 */
export function createGuardedConnector(options: ConnectorOptions): buildConnector.connector {
  const byProtocol = new Map(
    ['http:', 'https:'].map((protocol) => [
      protocol,
      buildConnector({
        allowH2: false,
        timeout: options.timeoutMilliseconds,
        lookup: guardLookup(protocol, options),
        ...(options.certificateAuthority === undefined ? {} : { ca: options.certificateAuthority }),
      }),
    ]),
  );
  return (target, callback) => {
    const connect = byProtocol.get(target.protocol);
    const host = target.hostname.replace(/^\[|\]$/g, '');
    // A literal address is never looked up, so the lookup below would not see it.
    const refused = isIP(host) !== 0 && !isAddressAllowed(host, target.protocol, options.allowPrivate);
    if (connect === undefined || refused) return callback(refuse(), null);
    connect(target, callback);
  };
}

function guardLookup(
  protocol: string,
  { allowPrivate, lookup = systemLookup }: ConnectorOptions,
): LookupFunction {
  return (host, wanted, done) => {
    lookup(host, { all: true }, (error, addresses) => {
      if (error !== null) return done(error, '');
      const permitted = addresses.every(({ address }) => isAddressAllowed(address, protocol, allowPrivate));
      const [first] = addresses;
      if (first === undefined || !permitted) return done(refuse(), '');
      if (wanted.all) return done(null, addresses);
      done(null, first.address, first.family);
    });
  };
}

function refuse(): AppError {
  return new AppError('upstream.address_refused', { detail: 'the resolved address is not permitted' });
}
