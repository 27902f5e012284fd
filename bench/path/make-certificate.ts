import type { KeyObject } from 'node:crypto';
import { createHash, X509Certificate } from 'node:crypto';
import { createCertificate, importAgentKey } from '@countersign/sdk';

export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
  /** RFC 8705 `x5t#S256`. */
  readonly x5t: string;
}

/** A certificate that a P-256 key makes for itself, in PEM. */
export async function makeCertificate(privateKey: KeyObject, name: string): Promise<CertificatePair> {
  const key = await importAgentKey(privateKey.export({ format: 'jwk' }) as { kty: string });
  const cert = await createCertificate(key, { name, lifetimeSeconds: 86_400, dnsNames: ['localhost'] });
  const x5t = createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url');
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), x5t };
}
