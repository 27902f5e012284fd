import { existsSync, writeFileSync } from 'node:fs';
import { generateAgentKey } from '@countersign/sdk';
import { CliError } from './cli-error.ts';
import { readJsonFile } from './parse-options.ts';

type Jwk = Readonly<Record<string, unknown>>;

/** How a command is told of an agent's key. */
export interface KeyOptions {
  readonly key?: string;
  readonly generateKey?: string;
}

export const keyOptions = [
  { flags: '--key <file>', summary: "the agent's public key as a JWK (Ed25519 or P-256)" },
  { flags: '--generate-key <file>', summary: 'make a key here, keep its private half in this file (0600)' },
] as const;

/** The public key to register. Private members never leave this machine, whatever the file holds. */
export async function readPublicKey({ key, generateKey }: KeyOptions): Promise<Jwk> {
  if ((key === undefined) === (generateKey === undefined)) {
    throw new CliError('give either --key or --generate-key');
  }
  if (generateKey !== undefined) return makeKey(generateKey);
  const jwk = requireJwk(readJsonFile(key ?? ''), key ?? '');
  const { kty, crv, x, y } = jwk;
  return y === undefined ? { kty, crv, x } : { kty, crv, x, y };
}

/** The private key that an agent keeps in a file. */
export function readPrivateKey(path: string): Jwk {
  const jwk = requireJwk(readJsonFile(path), path);
  if (typeof jwk.d === 'string') return jwk;
  throw new CliError(`${path} holds no private key`);
}

async function makeKey(path: string): Promise<Jwk> {
  if (existsSync(path)) throw new CliError(`${path} exists already; keys are never overwritten`);
  const { key, privateJwk } = await generateAgentKey();
  writeFileSync(path, `${JSON.stringify(privateJwk)}\n`, { mode: 0o600, flag: 'wx' });
  return key.publicJwk as Jwk;
}

function requireJwk(value: unknown, path: string): Jwk {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Jwk;
  throw new CliError(`${path} holds no JWK`);
}
