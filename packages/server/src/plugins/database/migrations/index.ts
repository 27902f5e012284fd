import { migration0001 } from './0001-path.ts';
import { migration0002 } from './0002-chains.ts';
import { migration0004 } from './0004-secret-ages.ts';

/** Applied in order, each in one transaction, and never edited after a release. */
export const migrations: readonly { readonly name: string; readonly statements: readonly string[] }[] = [
  migration0001,
  migration0002,
  migration0004,
];
