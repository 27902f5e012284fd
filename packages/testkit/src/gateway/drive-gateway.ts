import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sendHttp } from '../agent/send-http.ts';
import { enrolAgent } from './enrol-agent.ts';
import { joinPerson, requireJson } from './join-person.ts';
import type {
  EnrolOptions,
  GatewayDriver,
  TestPerson,
  TestRecord,
  UpstreamLocation,
} from './test-gateway.ts';

export interface DriveOptions {
  readonly url: string;
  readonly folder: string;
  /** The link of the first administrator; null when somebody has joined in an earlier run. */
  readonly link: string | null;
  readonly now: () => number;
}

/** Everything a test does with a running server, over HTTP alone. */
export async function driveGateway({ url, folder, link, now }: DriveOptions): Promise<GatewayDriver> {
  const resources: string[] = [];
  const administrator: TestPerson | undefined = link === null ? undefined : await joinPerson(url, link);
  const operatorToken = async () => (await readFile(join(folder, 'operator.token'), 'utf8')).trim();
  const operator: GatewayDriver['operator'] = async (method, path, body) =>
    sendHttp({
      method,
      url: url + path,
      headers: { authorization: `Bearer ${await operatorToken()}`, 'content-type': 'application/json' },
      ...(method !== 'GET' && { body: JSON.stringify(body ?? {}) }),
    });

  const driver: GatewayDriver = {
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
    activatePolicy: (text) => operator('POST', '/v1/policies', { files: [{ name: 'test.cedar', text }] }),
    enrol: (enrolment: EnrolOptions = {}) => enrolAgent(driver, { ...enrolment, resources, now }),
    async invite(displayName, roles) {
      const invited = await operator('POST', '/v1/people', { displayName, roles });
      return joinPerson(url, requireJson<{ link: string }>(invited).link);
    },
    async records(filter = {}) {
      const query = new URLSearchParams({ limit: '500', ...filter });
      const found = await operator('GET', `/v1/ledger?${query}`);
      return requireJson<{ items: readonly TestRecord[] }>(found).items;
    },
    async exportLedger() {
      const exported = await operator('GET', '/v1/ledger/export');
      if (exported.status !== 200) throw new Error(`no export: ${exported.status} ${exported.body}`);
      return exported.body.split('\n').slice(0, -1);
    },
  };
  return driver;
}

/** Fixtures live on loopback, which has to be allowed in so many words. */
function describeUpstream(at: UpstreamLocation): object {
  const { timeoutSeconds, maxResultBytes, credential, authzenMapping, remember } = at;
  const bounds = { timeoutSeconds, maxResultBytes, credential, authzenMapping, remember };
  if ('url' in at) {
    const settings = { url: at.url, headers: at.headers, allowPrivate: true, ...bounds };
    return { kind: 'mcp-http', settings };
  }
  if ('api' in at) {
    const { url, documentUrl } = at.api;
    return {
      kind: 'http',
      settings: { url, documentUrl, headers: at.headers, allowPrivate: true, ...bounds },
    };
  }
  if ('model' in at) {
    const { url, provider, ...more } = at.model;
    return {
      kind: 'model',
      settings: { url, provider, ...more, headers: at.headers, allowPrivate: true, ...bounds },
    };
  }
  if ('peer' in at)
    return { kind: 'a2a', settings: { ...at.peer, headers: at.headers, allowPrivate: true, ...bounds } };
  const { command, args } = at.program;
  return { kind: 'mcp-stdio', settings: { command, args, env: at.environment, ...bounds } };
}
