import { randomBytes } from 'node:crypto';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError } from '../../cli-error.ts';
import type { ControlClient } from '../../control/control-client.ts';
import { type PaymentsServer, startPaymentsServer } from '../../demo/payments/index.ts';
import type { ToolFacts, UpstreamFacts } from '../upstreams/upstream.ts';
import { demoFolder } from './demo-folder.ts';

/** The API key of the payments server: made at each start, known to it and to the gateway's secret store alone. */
const secretName = 'demo-payments-api-key';
const keyHeader = `Bearer {secret:${secretName}}`;

export interface DemoUpstreams {
  readonly payments: PaymentsServer;
  /** The scratch folder behind the upstream `files`. */
  readonly folder: string;
}

/** Two real MCP servers behind the gateway, their tools confirmed as a person would. */
export async function prepareUpstreams(api: ControlClient, dataFolder: string): Promise<DemoUpstreams> {
  await requireOwn(api);
  const folder = makeScratchFolder(dataFolder);
  const apiKey = randomBytes(24).toString('base64url');
  const payments = await startPaymentsServer(apiKey);
  try {
    await api.send('PUT', `/v1/secrets/${secretName}`, { value: apiKey });
    await declare(api, 'payments', 'mcp-http', {
      url: payments.url,
      allowPrivate: true,
      headers: { Authorization: keyHeader },
    });
    const program = fileURLToPath(
      import.meta.resolve('@modelcontextprotocol/server-filesystem/dist/index.js'),
    );
    await declare(api, 'files', 'mcp-stdio', { command: process.execPath, args: [program, folder] });
    await classifyPayments(api);
    await classifyFiles(api);
    return { payments, folder };
  } catch (error) {
    await payments.close();
    throw error;
  }
}

/** Somebody's own upstream of the same name is left alone. */
async function requireOwn(api: ControlClient): Promise<void> {
  for (const { name, settings } of await api.list<UpstreamFacts>('/v1/upstreams')) {
    const { headers, args } = settings as { headers?: Record<string, string>; args?: string[] };
    const isForeign =
      (name === 'payments' && headers?.Authorization !== keyHeader) ||
      (name === 'files' && args?.at(-1)?.endsWith(join('demo', 'files')) !== true);
    if (isForeign) {
      throw new CliError(`the upstream ${name} here is not the demo's`, {
        fix: 'play the demo with another data folder: `countersign demo --data ./demo-data`',
      });
    }
  }
}

function declare(api: ControlClient, name: string, kind: string, settings: object): Promise<UpstreamFacts> {
  return api.send('PUT', `/v1/upstreams/${name}`, { kind, settings });
}

async function classifyPayments(api: ControlClient): Promise<void> {
  const amount = { amountPointer: '/amount_minor', amountCurrency: '/currency' };
  await classify(api, 'payments', 'list_invoices', { effects: ['read'], dataDomain: 'payments' });
  await classify(api, 'payments', 'send_payment', { effects: ['spend'], dataDomain: 'payments', ...amount });
  await classify(api, 'payments', 'delete_customer', { effects: ['admin'], dataDomain: 'customers' });
}

const writers = new Set(['write_file', 'edit_file', 'create_directory', 'move_file']);

async function classifyFiles(api: ControlClient): Promise<void> {
  for (const { name, state } of await api.list<ToolFacts>('/v1/upstreams/files/tools')) {
    const effects = [writers.has(name) ? 'write' : 'read'];
    if (state === 'pinned') await classify(api, 'files', name, { effects, dataDomain: 'demo-files' });
  }
}

function classify(api: ControlClient, upstream: string, tool: string, body: object): Promise<ToolFacts> {
  return api.send('PUT', `/v1/upstreams/${upstream}/tools/${tool}/classification`, body);
}

function makeScratchFolder(dataFolder: string): string {
  const folder = join(demoFolder(dataFolder), 'files');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const note = 'Pay INV-2041 first. Anything above 100 EUR needs a second pair of eyes.\n';
  writeFileSync(join(folder, 'how-we-pay.txt'), note);
  return realpathSync(folder);
}
