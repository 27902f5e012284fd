#!/usr/bin/env node
// In a checkout the sources run as they are; a published package has only what was built from them.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../src/main.ts', import.meta.url));
if (existsSync(source)) {
  const flags = ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];
  const child = spawnSync(process.execPath, [...flags, source, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exitCode = child.status ?? 1;
} else {
  await import('../dist/main.js');
}
