import { X509Certificate } from 'node:crypto';
import { type IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { createCertificate, generateAgentKey } from '@countersign/sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAddressFinder } from '../find-address.ts';
import { readCertificate } from './client-certificate.ts';
import { createCertificateFinder } from './find-client-certificate.ts';

const proxy = '192.0.2.7';
let header: string;
let thumbprint: string;
let der: Buffer;

beforeAll(async () => {
  const { key } = await generateAgentKey('ES256');
  der = new X509Certificate(await createCertificate(key, { name: 'agent', lifetimeSeconds: 60 })).raw;
  header = `:${der.toString('base64')}:`;
  thumbprint = key.thumbprint;
});

function arrive(address: string, headers: IncomingHttpHeaders, repeated: string[] = []): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: address });
  const message = new IncomingMessage(socket);
  Object.assign(message.headers, headers);
  const certificates = [headers['client-cert'], ...repeated].filter((value) => typeof value === 'string');
  Object.defineProperty(message, 'headersDistinct', {
    value: certificates.length === 0 ? {} : { 'client-cert': certificates },
  });
  return message;
}

describe('the certificate of a request', () => {
  it("is a listed proxy's word, and nobody else's", () => {
    const find = createCertificateFinder([proxy]);
    const claimed = { 'client-cert': header };
    expect(find(arrive(proxy, claimed))).toMatchObject({ keyThumbprint: thumbprint });
    expect(find(arrive(`::ffff:${proxy}`, claimed))?.keyThumbprint).toBe(thumbprint);
    expect(find(arrive('192.0.2.8', claimed))).toBeUndefined();
    expect(createCertificateFinder([])(arrive(proxy, claimed))).toBeUndefined();
  });

  it.each([
    ['no header', () => arrive(proxy, {})],
    [
      'a second header, which the proxy let through',
      () => arrive(proxy, { 'client-cert': header }, [header]),
    ],
    ['no Byte Sequence', () => arrive(proxy, { 'client-cert': header.slice(1) })],
    ['no certificate', () => arrive(proxy, { 'client-cert': ':AAAA:' })],
    ['one cut short', () => arrive(proxy, { 'client-cert': `:${der.subarray(0, 90).toString('base64')}:` })],
    ['an endless one', () => arrive(proxy, { 'client-cert': `:${'A'.repeat(20_000)}:` })],
  ])('is none for %s', (_what, request) => {
    expect(createCertificateFinder([proxy])(request())).toBeUndefined();
  });

  it('is read from nothing but DER', () => {
    expect(readCertificate(new Uint8Array(0))).toBeUndefined();
    expect(readCertificate(der)?.x5t).toHaveLength(43);
  });
});

describe('the address of a request', () => {
  it.each([
    ['192.0.2.1', undefined, '192.0.2.1'],
    ['::ffff:192.0.2.1', undefined, '192.0.2.1'],
    ['2001:db8::1', undefined, '2001:db8:0:0'],
    ['2001:db8:0:0:1:2:3:4', undefined, '2001:db8:0:0'],
    ['192.0.2.1', '203.0.113.9', '192.0.2.1'],
    [proxy, '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    [proxy, undefined, proxy],
  ])('of %s that forwards %s is %s', (address, forwarded, found) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    expect(createAddressFinder([proxy])(arrive(address, headers))).toBe(found);
  });
});
