import { startGateway, startPlainUpstream, type TestGateway, type Upstream } from '@countersign/testkit';
import { afterAll, beforeAll } from 'vitest';

export interface SceneOptions<U extends Upstream> {
  readonly upstream?: () => Promise<U>;
  /** Replaces the bundle that permits everything. */
  readonly policy?: string;
  /** Path of a `countersign.yaml`. */
  readonly configFile?: string;
  /** Settings of the server, as `COUNTERSIGN_…` variables. */
  readonly environment?: { readonly [name: string]: string };
}

export interface Scene<U extends Upstream = Upstream> {
  readonly gateway: TestGateway;
  readonly upstream: U;
  /** The MCP endpoint of the upstream, behind the gateway. */
  readonly url: string;
}

export const PERMIT_ALL = '@id("all") permit (principal, action, resource);';
/** What the upstream's operator gave to the gateway, and to nobody else. */
export const SECRET = 'sk-live-51c0ffee7d2b9a44';
// Loading the engine of the policies takes seconds on a busy machine.
const START_LIMIT_MILLISECONDS = 60_000;

/** Before the tests of a file: the real server, and behind it the upstream `shop`, whose key only the gateway knows. */
export function useScene<U extends Upstream = Upstream>(options: SceneOptions<U> = {}): () => Scene<U> {
  const ends: (() => Promise<void>)[] = [];
  let scene: Scene<U> | undefined;
  beforeAll(async () => {
    scene = await startScene(options, ends);
  }, START_LIMIT_MILLISECONDS);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  return () => {
    if (scene === undefined) throw new Error('the scene is not set yet');
    return scene;
  };
}

/** What ends the scene is added to `ends` as it is started, so that it ends also when the start fails. */
export async function startScene<U extends Upstream = Upstream>(
  options: SceneOptions<U>,
  ends: (() => Promise<void>)[],
): Promise<Scene<U>> {
  const { upstream: start = startPlainUpstream as () => Promise<U>, policy = PERMIT_ALL } = options;
  const upstream = await start();
  ends.push(() => upstream.close());
  const { configFile, environment = {} } = options;
  const gateway = await startGateway({ environment, ...(configFile === undefined ? {} : { configFile }) });
  ends.push(() => gateway.stop());
  await gateway.storeSecret('shop-key', SECRET);
  const url = await gateway.addUpstream('shop', {
    url: upstream.url,
    headers: { 'x-api-key': '{secret:shop-key}' },
  });
  requireDone(await gateway.activatePolicy(policy));
  return { gateway, upstream, url };
}

/** The body of a reply that has to be a success. */
export function requireDone<T = unknown>(reply: { status: number; body: string; json: unknown }): T {
  if (reply.status < 200 || reply.status >= 300) throw new Error(`refused: ${reply.status} ${reply.body}`);
  return reply.json as T;
}
