import {
  type EnrolledAgent,
  type FakeModel,
  startFakeModel,
  startGateway,
  startPlainUpstream,
  type TestGateway,
} from '@countersign/testkit';
import { afterAll, beforeAll } from 'vitest';
import { type ApiReply, callApi } from './call-api.ts';
import { PERMIT_ALL, requireDone, SECRET } from './use-scene.ts';

export interface ModelScene {
  readonly gateway: TestGateway;
  readonly model: FakeModel;
  readonly caller: EnrolledAgent;
  /** The MCP endpoint of the upstream `shop`, with tools for models to ask for. */
  readonly shop: string;
}

const START_LIMIT_MILLISECONDS = 60_000;

/** Before the tests of a file: the real server with one scripted model behind it, as both `openai` and `anthropic`. */
export function useModels(policy = PERMIT_ALL): () => ModelScene {
  const ends: (() => Promise<void>)[] = [];
  let scene: ModelScene | undefined;
  beforeAll(async () => {
    const model = await startFakeModel({ key: SECRET });
    ends.push(() => model.close());
    const gateway = await startGateway({ environment: { COUNTERSIGN_CASCADES_DENIALS: '0' } });
    ends.push(() => gateway.stop());
    await gateway.storeSecret('model-key', SECRET);
    const { url } = model;
    await gateway.addUpstream('openai', {
      model: { url, provider: 'openai', passHeaders: ['openai-organization'] },
      headers: { authorization: 'Bearer {secret:model-key}' },
      timeoutSeconds: 5,
    });
    await gateway.addUpstream('anthropic', {
      model: { url, provider: 'anthropic' },
      headers: { 'x-api-key': '{secret:model-key}' },
      timeoutSeconds: 5,
    });
    const upstream = await startPlainUpstream();
    ends.push(() => upstream.close());
    const shop = await gateway.addUpstream('shop', { url: upstream.url });
    requireDone(await gateway.activatePolicy(policy));
    scene = { gateway, model, shop, caller: await gateway.enrol() };
  }, START_LIMIT_MILLISECONDS);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  return () => {
    if (scene === undefined) throw new Error('the scene is not set yet');
    return scene;
  };
}

/** One request to the door of models, as the agent. */
export function askModel(
  { gateway, caller }: Pick<ModelScene, 'gateway' | 'caller'>,
  target: string,
  body: object | string,
  options: Pick<NonNullable<Parameters<typeof callApi>[4]>, 'headers' | 'onData' | 'token'> = {},
): Promise<ApiReply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return callApi(gateway, caller, 'POST', target, { ...options, door: 'models', body: text });
}
