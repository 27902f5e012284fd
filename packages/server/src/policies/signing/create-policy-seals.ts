import { createHmac, createPublicKey, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';
import { AppError } from '@countersign/api';
import { canonicalJson } from '@countersign/core';
import type { Selectable } from 'kysely';
import type { MasterKey } from '../../platform/master-key.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { digestFiles } from '../bundle/bundle-input.ts';
import { type BundleRow, readFiles } from '../bundle/find-bundle.ts';

/** What the signature of a stored bundle covers. */
export type SignedBundle = Pick<
  BundleRow,
  'version' | 'source' | 'author' | 'created_at' | 'activated_at' | 'activated_by'
>;

export type SealedMode = Omit<Selectable<Schema['policy_modes']>, 'seal'>;

/** Shows that stored policies are as this server wrote them, whoever else can write to the database. */
export interface PolicySeals {
  signBundle(bundle: SignedBundle): { readonly signature: string; readonly signed_by: string };
  /** Throws `policy.signature_invalid`. */
  requireSigned(row: BundleRow): void;
  /** A seal is as good as a signature to this server, and a bundle has thousands. */
  sealMode(mode: SealedMode): string;
  /** Throws `policy.signature_invalid`. */
  requireSealed(row: SealedMode & { readonly seal: string }): void;
}

/** `key` signs and verifies bundles (Ed25519, RFC 8032); seals of modes are HMAC-SHA-256 under the master key. */
export function createPolicySeals(
  masterKey: Pick<MasterKey, 'derive'>,
  { kid, privateKey }: { readonly kid: string; readonly privateKey: KeyObject },
): PolicySeals {
  const publicKey = createPublicKey(privateKey);
  const modeKey = masterKey.derive('policy_modes');
  const sealMode = (mode: SealedMode): Buffer =>
    createHmac('sha256', modeKey).update(writeMode(mode)).digest();
  return {
    signBundle: (bundle) => ({
      signature: sign(null, writeBundle(bundle), privateKey).toString('base64url'),
      signed_by: kid,
    }),
    requireSigned(row) {
      if (row.signature === null || row.signed_by !== kid)
        throw refuse(`bundle ${row.version} is not signed`);
      const signature = Buffer.from(row.signature, 'base64url');
      if (!verify(null, writeBundle(row), publicKey, signature))
        throw refuse(`bundle ${row.version} is not what was signed`);
    },
    sealMode: (mode) => sealMode(mode).toString('base64url'),
    requireSealed(row) {
      const given = Buffer.from(row.seal, 'base64url');
      const wanted = sealMode(row);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
        throw refuse(`the mode of policy ${row.policy_id} is not what was set`);
    },
  };
}

function writeBundle(bundle: SignedBundle): Buffer {
  const { version, author, created_at: createdAt } = bundle;
  return Buffer.from(
    canonicalJson({
      purpose: 'countersign policy bundle 1',
      ...{ version, author, createdAt, digest: digestSource(bundle) },
      ...{ activatedAt: bundle.activated_at, activatedBy: bundle.activated_by },
    }),
  );
}

/** Whatever else a changed source holds, it is not a bundle that anybody signed. */
function digestSource({ version, source }: SignedBundle): string {
  try {
    return digestFiles(readFiles({ source }));
  } catch (cause) {
    throw refuse(`bundle ${version} cannot be read`, cause);
  }
}

function writeMode({ policy_id: policy, mode, since }: SealedMode): string {
  return canonicalJson({ purpose: 'countersign policy mode 1', policy, mode, since });
}

function refuse(detail: string, cause?: unknown): AppError {
  return new AppError('policy.signature_invalid', { detail, cause });
}
