import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateAgentKey } from './agent-key.ts';
import { createCertificate } from './create-certificate.ts';

describe("an agent's certificate", () => {
  it.each(['ES256', 'EdDSA'] as const)(
    'of a %s key is signed by it, for as long as asked',
    async (algorithm) => {
      for (let i = 0; i < 20; i++) {
        const { key } = await generateAgentKey(algorithm);
        const pem = await createCertificate(key, { name: 'agt_x', lifetimeSeconds: 3600 });
        const certificate = new X509Certificate(pem);
        expect(certificate.verify(certificate.publicKey)).toBe(true);
        expect(certificate.publicKey.export({ format: 'jwk' })).toEqual(key.publicJwk);
        expect(certificate.subject).toBe('CN=agt_x');
        const validTo = Date.parse(certificate.validTo);
        expect(Math.abs(validTo - Date.now() - 3_600_000)).toBeLessThan(60_000);
      }
    },
  );

  it('names hosts, and outlasts 2050', async () => {
    const { key } = await generateAgentKey();
    const options = {
      name: 'server',
      lifetimeSeconds: 40 * 365 * 86_400,
      dnsNames: ['localhost', 'a.example'],
    };
    const certificate = new X509Certificate(await createCertificate(key, options));
    expect(certificate.subjectAltName).toBe('DNS:localhost, DNS:a.example');
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(new Date(certificate.validTo).getUTCFullYear()).toBeGreaterThan(2060);
  });
});
