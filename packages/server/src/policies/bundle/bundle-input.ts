import { canonicalJson } from '@countersign/core';
import { z } from 'zod';
import { sha256 } from '../../platform/sha256.ts';
import { idSchema } from '../../wire/id-schema.ts';
import type { PolicyFile } from './complaint.ts';

const longestFile = 262_144;
const longestBundle = 4_194_304;
const text = z
  .string()
  .max(longestFile)
  .refine((value) => value.isWellFormed());

export const policyFile = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}\.(?:cedar|cedarschema|entities\.json)$/),
  text,
});

export const policyFiles = z
  .array(policyFile)
  .min(1)
  .max(200)
  .refine((files) => new Set(files.map((file) => file.name)).size === files.length, 'file names differ')
  .refine(
    (files) => files.reduce((sum, file) => sum + file.text.length, 0) <= longestBundle,
    'the bundle is too long',
  );

export const bundleInput = z.strictObject({ files: policyFiles });

const base = idSchema('pol')
  .optional()
  .describe('The version in force when this change was begun: refused when another is in force by now.');
export const activationInput = z.union([
  bundleInput.extend({ base }),
  z.strictObject({ version: idSchema('pol'), base }),
]);

/** In the order of their names, as a bundle is kept and digested. */
export function sortFiles(files: readonly PolicyFile[]): readonly PolicyFile[] {
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** SHA-256 of the canonical files, base64url: equal for equal bundles, whatever their version. */
export function digestFiles(files: readonly PolicyFile[]): string {
  return sha256(canonicalJson(sortFiles(files).map(({ name, text }) => ({ name, text }))));
}
