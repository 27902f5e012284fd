import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { describe, expect, test } from 'vitest';
import { generateAgentKey, importAgentKey } from './agent-key.ts';

describe("an agent's key", () => {
  test.each(['ES256', 'EdDSA'] as const)(
    'is made for %s, and its public half holds nothing private',
    async (algorithm) => {
      const { key, privateJwk } = await generateAgentKey(algorithm);
      expect(key.algorithm).toBe(algorithm);
      expect(Object.keys(key.publicJwk).sort()).toEqual(
        algorithm === 'ES256' ? ['crv', 'kty', 'x', 'y'] : ['crv', 'kty', 'x'],
      );
      expect(privateJwk.d).toBeTypeOf('string');
      expect(key.thumbprint).toBe(await calculateJwkThumbprint(key.publicJwk));
      expect((await importAgentKey(privateJwk)).thumbprint).toBe(key.thumbprint);
    },
  );

  test('cannot be read out again once it is imported', async () => {
    const { privateJwk } = await generateAgentKey();
    const { privateKey } = await importAgentKey(privateJwk);
    await expect(exportJWK(privateKey)).rejects.toThrow();
  });

  test('refuses public keys, other curves and shared secrets', async () => {
    const { key } = await generateAgentKey();
    await expect(importAgentKey(key.publicJwk)).rejects.toThrow(TypeError);
    const { privateKey } = await generateKeyPair('ES384', { extractable: true });
    await expect(importAgentKey(await exportJWK(privateKey))).rejects.toThrow(TypeError);
    await expect(importAgentKey({ kty: 'oct', k: 'AAAA', d: 'x' })).rejects.toThrow(TypeError);
  });
});
