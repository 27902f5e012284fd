import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningServer } from '@countersign/server';
import { sendHttp } from '../agent/send-http.ts';
import { enrolAgent } from './enrol-agent.ts';
import { joinPerson, requireJson } from './join-person.ts';
import type { EnrolOptions, TestGateway, TestPerson, TestRecord, UpstreamLocation } from './test-gateway.ts';

export interface StartGatewayOptions {
  /** An existing data folder, which is kept; a new one is removed at the end. */
  readonly folder?: string;
  /** As `COUNTERSIGN_…` variables. */
  readonly environment?: { readonly [name: string]: string };
}

/** Starts the real server in this process, on a free port, with the first administrator signed in. */
export async function startGateway(options: StartGatewayOptions = {}): Promise<TestGateway> {
  // Only here, so that whoever needs a fixture alone does not load the whole server.
  const { createPlatform, loadConfig, startServer } = await import('@countersign/server');
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'countersign-gateway-'));
  const environment = { COUNTERSIGN_LOG_LEVEL: 'silent', ...options.environment };
  let offset = 0;
  const now = () => Date.now() + offset;
  const start = (port: number): Promise<RunningServer> =>
    startServer({
      config: loadConfig({ environment, flags: { server: { port }, data: { folder } } }),
      environment,
      platform: createPlatform(now),
    });
  let running = await start(0);
  const { url, firstAdministrator } = running;
  const resources: string[] = [];
  const operatorToken = async () => (await readFile(join(folder, 'operator.token'), 'utf8')).trim();
  const operator: TestGateway['operator'] = async (method, path, body) =>
    sendHttp({
      method,
      url: url + path,
      headers: { authorization: `Bearer ${await operatorToken()}`, 'content-type': 'application/json' },
      ...(method !== 'GET' && { body: JSON.stringify(body ?? {}) }),
    });
  const administrator: TestPerson | undefined = firstAdministrator
    ? await joinPerson(url, firstAdministrator.link)
    : undefined;

  const gateway: TestGateway = {
    url,
    folder,
    operator,
    operatorToken,
    get administrator() {
      if (administrator === undefined) throw new Error('somebody joined in an earlier run');
      return administrator;
    },
    async storeSecret(name, value) {
      requireJson(await operator('PUT', `/v1/secrets/${name}`, { value }));
    },
    async addUpstream(name, at) {
      requireJson(await operator('POST', '/v1/upstreams', { name, ...describeUpstream(at) }));
      resources.push(`${url}/mcp/${name}`);
      return `${url}/mcp/${name}`;
    },
    activatePolicy: (text) => operator('POST', '/v1/policies', { text }),
    enrol: (enrolment: EnrolOptions = {}) => enrolAgent(gateway, { ...enrolment, resources, now }),
    async invite(displayName, roles) {
      const invited = await operator('POST', '/v1/people', { displayName, roles });
      return joinPerson(url, requireJson<{ path: string }>(invited).path);
    },
    async records(filter = {}) {
      const query = new URLSearchParams({ limit: '500', ...filter });
      const found = await operator('GET', `/v1/ledger?${query}`);
      return requireJson<{ items: readonly TestRecord[] }>(found).items;
    },
    advance(milliseconds) {
      offset += milliseconds;
    },
    async stop() {
      await running.stop();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
    async restart() {
      await running.stop();
      running = await start(Number(new URL(url).port));
    },
  };
  return gateway;
}

/** Fixtures live on loopback, which has to be allowed in so many words. */
function describeUpstream(at: UpstreamLocation): object {
  const { timeoutSeconds, maxResultBytes } = at;
  const bounds = { timeoutSeconds, maxResultBytes };
  if ('url' in at) {
    const settings = { url: at.url, headers: at.headers, allowPrivate: true, ...bounds };
    return { kind: 'mcp-http', settings };
  }
  const { command, args } = at.program;
  return { kind: 'mcp-stdio', settings: { command, args, env: at.environment, ...bounds } };
}
