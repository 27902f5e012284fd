import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { createCertificate, generateAgentKey } from '@countersign/sdk';
import { makeNatsAccounts, startNats, type TestNats } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestListener, makeBusMessage, until } from '../signal-bus.contract.ts';
import { createNatsBus } from './create-nats-bus.ts';
import type { NatsAddress } from './nats-address.ts';
import { openNatsConnection } from './open-nats-connection.ts';

const accounts = makeNatsAccounts();
let server: TestNats;
let address: NatsAddress;
let otherAuthority: string;

async function makeCertificate() {
  const { key, privateJwk } = await generateAgentKey();
  const options = { name: 'nats', lifetimeSeconds: 3600, dnsNames: ['localhost'] };
  const privateKey = createPrivateKey({ key: privateJwk as JsonWebKey, format: 'jwk' });
  return {
    certificate: await createCertificate(key, options),
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

beforeAll(async () => {
  const tls = await makeCertificate();
  otherAuthority = (await makeCertificate()).certificate;
  server = await startNats({ tls, config: accounts.config });
  address = {
    url: `tls://localhost:${new URL(server.url).port}`,
    subject: 'countersign.secured',
    credentials: accounts.credentials,
    authority: tls.certificate,
  };
});
afterAll(() => server?.remove());

describe('a NATS server with TLS and users', () => {
  it('carries messages of who has credentials and knows its authority', async () => {
    const listener = createTestListener();
    const bus = createNatsBus(address, listener);
    await until(() => listener.places.includes('joined'));
    await bus.publish(makeBusMessage('a', 1));
    await until(() => listener.texts.length > 0);
    expect(listener.texts).toEqual(['a-1']);
    await bus.close();
  });

  it.each<[string, () => Partial<NatsAddress>]>([
    ['no credentials', () => ({ credentials: undefined })],
    ['credentials of another operator', () => ({ credentials: accounts.forged })],
    ['another authority', () => ({ authority: otherAuthority })],
    ['no authority that is known', () => ({ authority: undefined })],
    [
      'a name that its certificate does not have',
      () => ({ url: address.url.replace('localhost', '127.0.0.1') }),
    ],
  ])('lets nobody in with %s', async (_what, change) => {
    await expect(openNatsConnection({ ...address, ...change() }, () => {})).rejects.toThrow();
  });

  it('is not spoken to in clear where an authority is named', async () => {
    const plain = await startNats();
    const url = plain.url.replace('127.0.0.1', 'localhost');
    await expect(openNatsConnection({ ...address, url, credentials: undefined }, () => {})).rejects.toThrow();
    await plain.remove();
  });
});
