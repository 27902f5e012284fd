import { X509Certificate } from 'node:crypto';
import { AppError } from '@countersign/api';
import { parsePublicJwk, thumbprintOf } from '../public-jwk.ts';

/** A client certificate whose private key the other side of a connection has proven to hold. */
export interface ClientCertificate {
  /** RFC 8705 §3.1 `x5t#S256`: SHA-256 of its DER, base64url. */
  readonly x5t: string;
  /** RFC 7638 thumbprint of its key; null when no agent could have such a key. */
  readonly keyThumbprint: string | null;
  /** Epoch milliseconds. */
  readonly validFrom: number;
  readonly validTo: number;
}

/**
 * What matters of a certificate. Nobody's signature on it is looked at: what it is worth comes from its key, which an
 * agent has registered, or from the token that names it (RFC 8705 §2.2, §3).
 */
export function describeCertificate(certificate: X509Certificate): ClientCertificate {
  const jwk = parsePublicJwk(readJwk(certificate));
  return {
    x5t: Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url'),
    keyThumbprint: jwk === undefined ? null : thumbprintOf(jwk),
    validFrom: certificate.validFromDate.getTime(),
    validTo: certificate.validToDate.getTime(),
  };
}

/** Reads hostile DER. Undefined when it is no certificate. */
export function readCertificate(der: Uint8Array): ClientCertificate | undefined {
  try {
    return describeCertificate(new X509Certificate(der));
  } catch {
    return undefined;
  }
}

/** Throws `token.certificate_invalid` outside the time the certificate is good for. */
export function requireInTime(certificate: ClientCertificate, now: number, clockSkewSeconds: number): void {
  const skew = clockSkewSeconds * 1000;
  if (now + skew < certificate.validFrom || now - skew > certificate.validTo) {
    throw new AppError('token.certificate_invalid', { detail: 'not valid at this time' });
  }
}

function readJwk(certificate: X509Certificate): unknown {
  try {
    return certificate.publicKey.export({ format: 'jwk' });
  } catch {
    // A kind of key that JWK has no words for.
    return undefined;
  }
}
