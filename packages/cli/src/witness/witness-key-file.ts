import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  createWitnessKey,
  decodeBase64,
  encodeBase64,
  formatWitnessKey,
  isKeyName,
  type WitnessSigner,
} from '@countersign/ledger';
import { CliError } from '../cli-error.ts';
import { readTextFile } from '../parse-options.ts';

/** PKCS #8 of Ed25519 (RFC 8410) up to the 32 bytes of the seed. */
const seedPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const cosignatureType = 0x04;

/** A new key: the text of its file, and the verifier key that others need. Throws `CliError`. */
export function generateWitnessKey(name: string): { readonly secret: string; readonly vkey: string } {
  if (!isKeyName(name)) throw new CliError(`${name} is no name of a key: no spaces and no plus`);
  const { privateKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  const { key } = createSigner(name, privateKey);
  const id = Buffer.from(key.keyId).toString('hex');
  const encoded = encodeBase64(Buffer.concat([Uint8Array.of(cosignatureType), seed]));
  return { secret: `PRIVATE+KEY+${name}+${id}+${encoded}\n`, vkey: formatWitnessKey(key) };
}

/** What signs, from its file: `PRIVATE+KEY+<name>+<id>+<base64 of 0x04 || seed>`. Throws `CliError`. */
export function readWitnessKey(path: string): WitnessSigner {
  const [, name = '', id, encoded = ''] =
    /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(.+)\n?$/u.exec(readTextFile(path)) ?? [];
  const bytes = decodeBase64(encoded);
  if (bytes?.length !== 33 || bytes[0] !== cosignatureType || !isKeyName(name))
    throw new CliError(`${path} holds no key of a witness`, { fix: 'countersign witness keygen' });
  const key = createPrivateKey({
    key: Buffer.concat([seedPrefix, bytes.subarray(1)]),
    ...{ format: 'der', type: 'pkcs8' },
  });
  const signer = createSigner(name, key);
  if (Buffer.from(signer.key.keyId).toString('hex') !== id)
    throw new CliError(`${path} holds a key under another id`);
  return signer;
}

function createSigner(name: string, key: KeyObject): WitnessSigner {
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    key: createWitnessKey(name, new Uint8Array(publicKey)),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}
