import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinWithBrowser } from '../browser/ground/join-with-browser.ts';
import { openBrowser } from '../browser/ground/open-browser.ts';
import { openVisitor, type Visitor } from '../browser/ground/open-visitor.ts';
import { useApplication } from './oauth-ground/use-application.ts';

const app = useApplication();
const suite = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js');
const ends: (() => Promise<void>)[] = [];
let visitor: Visitor;

beforeAll(async () => {
  const browser = await openBrowser();
  ends.push(() => browser.close());
  visitor = await openVisitor(browser.context, app().gateway.url);
  const invited = await app().gateway.operator('POST', '/v1/people', {
    displayName: 'Sam',
    roles: ['owner'],
  });
  await joinWithBrowser(visitor.page, (invited.json as { readonly link: string }).link);
}, 120_000);
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/** Runs the public suite, unchanged and as a process of its own; `visit` is the person at the browser. */
async function runSuite(
  words: readonly string[],
  visit?: (link: string) => Promise<void>,
): Promise<readonly Check[]> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-authorization-'));
  try {
    const args = [suite, 'authorization', '--url', app().gateway.url, ...words, '--output-dir', folder];
    const child: ChildProcess = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 90_000,
    });
    let output = '';
    let visiting: Promise<void> | undefined;
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const link = /^http\S+\/oauth\/authorize\?\S+$/m.exec(output)?.[0];
      if (link !== undefined && output.includes('Waiting up to')) visiting ??= visit?.(link);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    const [exitCode] = (await once(child, 'close')) as [number | null];
    await visiting;
    expect(exitCode, output).toBe(0);
    const runs = await readdir(folder);
    const files = await Promise.all(runs.map((run) => readFile(join(folder, run, 'checks.json'), 'utf8')));
    return files.flatMap((text) => JSON.parse(text) as Check[]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Reads the page and allows what it says. */
async function allow(link: string): Promise<void> {
  const { page } = visitor;
  await page.goto(link);
  const button = page.getByRole('button', { name: 'Allow this with passkey' });
  await expect.poll(() => button.getAttribute('aria-disabled'), { timeout: 15_000 }).toBe('false');
  await button.click();
  await page.waitForURL((url) => url.hostname === '127.0.0.1', { timeout: 15_000 });
}

describe('mcp.authorization-suite', () => {
  it('passes every scenario for authorization servers, with a person at a browser', async () => {
    const { gateway, resource } = app();
    const port = await findPort();
    const redirectUris = [`http://127.0.0.1:${port}/callback`];
    const added = await gateway.operator('POST', '/v1/tokens/clients', { name: 'Suite', redirectUris });
    const { id } = added.json as { readonly id: string };
    const words = ['--client-id', id, '--port', String(port), '--resource', resource];
    const checks = await runSuite(words, allow);
    const failed = checks.filter(({ status }) => status !== 'SUCCESS');
    expect(failed).toEqual([]);
    expect(checks.map((check) => check.id).toSorted()).toEqual([
      'authorization-code-grant',
      'authorization-server-metadata',
      'authorization-server-metadata-cimd',
    ]);
  });
});
