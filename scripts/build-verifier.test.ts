import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkVerifier, verifierPath } from './build-verifier.ts';
import { readTree, repositoryRoot } from './check/tree.ts';

it('finds what an auditor is given to be made of the sources as they are', async () => {
  expect((await checkVerifier(readTree())).failures).toEqual([]);
  expect((await checkVerifier(new Map())).failures).toHaveLength(1);
});

it('makes a verifier that imports nothing but Node.js', () => {
  const verifier = readFileSync(join(repositoryRoot, verifierPath), 'utf8');
  const imported = [...verifier.matchAll(/\bfrom '([^']+)'|\bimport\('([^']+)'\)/g)].map(([, name]) => name);
  expect(imported.toSorted()).toEqual(['node:crypto', 'node:fs', 'node:util', 'node:zlib']);
  expect(verifier).not.toMatch(/\bfetch\(|require\(|eval\(|node:(?:net|http|https|dns|child_process)/);
});
