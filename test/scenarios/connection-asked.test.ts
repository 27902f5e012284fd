import {
  connectAccount,
  createSessionClient,
  type Issuer,
  startGateway,
  startIssuer,
  startProtectedUpstream,
  type TestGateway,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClient } from './ground/connect-client.ts';
import { waitForRecord } from './ground/read-evidence.ts';
import { PERMIT_ALL, requireDone } from './ground/use-scene.ts';
import { runCountersign } from './run-countersign.ts';

let gateway: TestGateway;
let issuer: Issuer;
let upstream: Upstream;
let url: string;

beforeAll(async () => {
  issuer = await startIssuer();
  upstream = await startProtectedUpstream({ issuer });
  gateway = await startGateway();
  requireDone(await gateway.activatePolicy(PERMIT_ALL));
  url = await gateway.addUpstream('files', {
    url: upstream.url,
    credential: { kind: 'oauth-user', allowPrivate: true, scopes: ['files:read'] },
  });
  // Somebody has connected, so the tools are known; then they left.
  requireDone(await connectAccount(gateway.administrator, 'files', 'first@files'));
  await waitForRecord(gateway, 'upstream.tools_pinned', { upstream: 'files' });
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
  await issuer?.close();
});

async function disconnectAll(): Promise<void> {
  const listed = await gateway.operator('GET', '/v1/upstreams/files/connections');
  for (const { id } of requireDone<{ items: { id: string }[] }>(listed).items)
    requireDone(await gateway.administrator.request('DELETE', `/v1/upstreams/files/connections/${id}`));
}

describe('upstream.connection-asked', () => {
  it('sends the person of an unmodified client to the page, and the call goes on', async () => {
    await disconnectAll();
    const opened: string[] = [];
    const { client } = await connectClient(gateway, url, {
      open: async (link) => {
        opened.push(link);
        requireDone(await connectAccount(gateway.administrator, 'files', 'ada@files'));
        return 'accept';
      },
    });
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('echo');
    const result = await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
    expect(result.content).toEqual([{ type: 'text', text: 'for ada@files' }]);
    expect(opened).toEqual([`${gateway.url}/upstreams/files/connect`]);
    await client.close();
  });

  it('says it in words to one that declines, or cannot open pages', async () => {
    await disconnectAll();
    const asked = await connectClient(gateway, url, { open: async () => 'decline' });
    const plain = await connectClient(gateway, url);
    for (const { client } of [asked, plain]) {
      const result = await client.callTool({ name: 'echo', arguments: { text: 'hi' } });
      expect(result.isError).toBe(true);
      expect(JSON.stringify(result.content)).toContain(`${gateway.url}/upstreams/files/connect`);
      await client.close();
    }
  });

  it('demands it of an older client in its own way', async () => {
    await disconnectAll();
    const enrolled = await gateway.enrol();
    const client = await createSessionClient({
      ...enrolled,
      url,
      capabilities: { elicitation: { url: {} } },
    });
    const call = { name: 'echo', arguments: { text: 'hi' } };
    const demand = await (await client.request('tools/call', call)).message();
    expect(demand).toMatchObject({
      error: {
        code: -32042,
        data: { elicitations: [{ mode: 'url', url: `${gateway.url}/upstreams/files/connect` }] },
      },
    });
    requireDone(await connectAccount(gateway.administrator, 'files', 'ada@files'));
    expect((await client.ask('tools/call', call)).result).toMatchObject({
      content: [{ type: 'text', text: 'for ada@files' }],
    });
  });

  it('is shown, and ended, from the command line', async () => {
    const json = async <T>(...words: string[]): Promise<T> => {
      const environment = { COUNTERSIGN_DATA: gateway.folder, COUNTERSIGN_URL: gateway.url };
      const { exitCode, stdout, stderr } = await runCountersign([...words, '--json'], { environment });
      expect([exitCode, stderr]).toEqual([0, '']);
      return JSON.parse(stdout) as T;
    };
    expect(await json('upstreams', 'connect', 'files')).toMatchObject({
      url: `${gateway.url}/upstreams/files/connect`,
      isPersonal: true,
    });
    requireDone(await connectAccount(gateway.administrator, 'files', 'ada@files'));
    const [connection] = await json<{ id: string; personId: string }[]>('upstreams', 'connections');
    expect(connection?.personId).toBe(gateway.administrator.id);
    const ended = await json('upstreams', 'disconnect', 'files', connection?.id ?? '');
    expect(ended).toMatchObject({ ended: true });
    expect(await json('upstreams', 'connections', 'files')).toEqual([]);
  });
});
