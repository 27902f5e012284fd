import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** Hardware and versions, so that figures from different machines are never mistaken for each other. */
export async function describeMachine(): Promise<string> {
  const gigabytes = (totalmem() / 2 ** 30).toFixed(0);
  const versions = await Promise.all(['undici', '@cedar-policy/cedar-wasm', 'jose'].map(readVersion));
  return [
    `hardware  ${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}, ${gigabytes} GiB, ${type()} ${release()}, load ${loadavg()[0]?.toFixed(1)}`,
    `versions  node ${process.versions.node}, v8 ${process.versions.v8}, openssl ${process.versions.openssl}, ${versions.join(', ')}`,
  ].join('\n');
}

async function readVersion(name: string): Promise<string> {
  const text = await readFile(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8');
  return `${name} ${JSON.parse(text).version}`;
}
