import {
  type ApiUpstream,
  type EnrolledAgent,
  startApiUpstream,
  startGateway,
  type TestGateway,
} from '@countersign/testkit';
import { afterAll, beforeAll } from 'vitest';
import { PERMIT_ALL, requireDone, SECRET } from './use-scene.ts';

export interface ApiScene {
  readonly gateway: TestGateway;
  readonly api: ApiUpstream;
  readonly caller: EnrolledAgent;
}

const START_LIMIT_MILLISECONDS = 60_000;

/** Before the tests of a file: the real server with the HTTP API `shop` behind it, whose key only the gateway knows. */
export function useApi(policy = PERMIT_ALL): () => ApiScene {
  const ends: (() => Promise<void>)[] = [];
  let scene: ApiScene | undefined;
  beforeAll(async () => {
    const api = await startApiUpstream({ requireHeader: { name: 'x-api-key', value: SECRET } });
    ends.push(() => api.close());
    // One caller for all tests of a file: what it is refused would add up to a pause.
    const gateway = await startGateway({ environment: { COUNTERSIGN_CASCADES_DENIALS: '0' } });
    ends.push(() => gateway.stop());
    await gateway.storeSecret('shop-key', SECRET);
    await gateway.addUpstream('shop', {
      api,
      headers: { 'x-api-key': '{secret:shop-key}' },
      timeoutSeconds: 2,
      maxResultBytes: 100_000,
    });
    requireDone(await gateway.activatePolicy(policy));
    scene = { gateway, api, caller: await gateway.enrol() };
  }, START_LIMIT_MILLISECONDS);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  return () => {
    if (scene === undefined) throw new Error('the scene is not set yet');
    return scene;
  };
}
