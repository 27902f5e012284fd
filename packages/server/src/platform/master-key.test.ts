import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadMasterKey } from './load-master-key.ts';
import { createMasterKey } from './master-key.ts';

test('a sealed value opens only where it belongs, and only unchanged', () => {
  const key = createMasterKey(new Uint8Array(32).fill(7));
  const sealed = key.seal('secret', 'here');
  expect(key.open(sealed, 'here')).toBe('secret');
  expect(() => key.open(sealed, 'there')).toThrow();
  const bytes = Buffer.from(sealed, 'base64url');
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  expect(() => key.open(bytes.toString('base64url'), 'here')).toThrow();
  expect(() => key.open('', 'here')).toThrow();
  expect(() => createMasterKey(new Uint8Array(31)).seal('', '')).toThrow(RangeError);
});

test('the key in the data folder is made once, for its owner only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-key-'));
  const first = loadMasterKey(folder, {});
  expect(first.fromFolder).toBe(true);
  expect(statSync(join(folder, 'master.key')).mode & 0o777).toBe(0o600);
  expect(loadMasterKey(folder, {}).masterKey.open(first.masterKey.seal('x', 'p'), 'p')).toBe('x');
});

test('a key can come from the environment or a file, and a short one is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-key-'));
  const text = Buffer.alloc(32, 1).toString('base64url');
  const file = join(folder, 'given');
  writeFileSync(file, `${text}\n`);
  const fromVariable = loadMasterKey(folder, { COUNTERSIGN_MASTER_KEY: text });
  const fromFile = loadMasterKey(folder, { COUNTERSIGN_MASTER_KEY_FILE: file });
  expect(fromFile.masterKey.open(fromVariable.masterKey.seal('x', 'p'), 'p')).toBe('x');
  expect(() => loadMasterKey(folder, { COUNTERSIGN_MASTER_KEY: 'short' })).toThrow('config.invalid');
});
