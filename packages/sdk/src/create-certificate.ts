import { importJWK, type CryptoKey as PublicKey } from 'jose';
import type { AgentKey } from './agent-key.ts';
import {
  bitString,
  type Der,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from './der.ts';

export interface CertificateOptions {
  /** Common name; an agent's id. Nothing relies on it. */
  readonly name: string;
  /** From now on. */
  readonly lifetimeSeconds: number;
  /** For a server's certificate. */
  readonly dnsNames?: readonly string[];
}

const algorithms = {
  ES256: { oid: '1.2.840.10045.4.3.2', sign: { name: 'ECDSA', hash: 'SHA-256' } },
  EdDSA: { oid: '1.3.101.112', sign: { name: 'Ed25519' } },
} as const;
const commonName = '2.5.4.3';
const subjectAltName = '2.5.29.17';
/** Clocks differ. */
const earlyMilliseconds = 60_000;

/**
 * An X.509 certificate (RFC 5280 §4.1) that the agent's key signs for itself, in PEM: what a TLS connection shows so that
 * its tokens are bound to it (RFC 8705 §2.2). The key alone gives it its worth.
 */
export async function createCertificate(key: AgentKey, options: CertificateOptions): Promise<string> {
  const { oid, sign } = algorithms[key.algorithm];
  const algorithm = sequence(objectIdentifier(oid));
  const name = sequence(set(sequence(objectIdentifier(commonName), utf8String(options.name))));
  const now = Date.now();
  const validity = sequence(time(now - earlyMilliseconds), time(now + options.lifetimeSeconds * 1000));
  const serial = crypto.getRandomValues(new Uint8Array(16));
  // Positive and never empty (RFC 5280 §4.1.2.2).
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x01;
  const body = sequence(
    explicit(0, integer(Uint8Array.of(2))),
    ...[integer(serial), algorithm, name, validity, name, await exportPublicKey(key)],
    ...describeNames(options.dnsNames ?? []),
  );
  const signature = new Uint8Array(await crypto.subtle.sign(sign, key.privateKey, Uint8Array.from(body)));
  const signed = key.algorithm === 'ES256' ? toDerSignature(signature) : signature;
  return toPem('CERTIFICATE', sequence(body, algorithm, bitString(signed)));
}

async function exportPublicKey(key: AgentKey): Promise<Der> {
  const publicKey = (await importJWK(key.publicJwk, key.algorithm, { extractable: true })) as PublicKey;
  return new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
}

function describeNames(dnsNames: readonly string[]): Der[] {
  if (dnsNames.length === 0) return [];
  const names = sequence(...dnsNames.map((name) => implicit(2, new TextEncoder().encode(name))));
  return [explicit(3, sequence(sequence(objectIdentifier(subjectAltName), octetString(names))))];
}

/** RFC 3279 §2.2.3, from the r || s of WebCrypto. */
function toDerSignature(signature: Uint8Array): Der {
  return sequence(integer(signature.subarray(0, 32)), integer(signature.subarray(32)));
}

function toPem(label: string, der: Der): string {
  const base64 = btoa(String.fromCharCode(...der));
  return `-----BEGIN ${label}-----\n${base64.replaceAll(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;
}
