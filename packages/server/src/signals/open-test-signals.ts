import { AppError } from '@countersign/api';
import { OpenAPIHono } from '@hono/zod-openapi';
import { createApprovalState } from '../approvals/index.ts';
import { type ConfigFile, completeConfig, configSchema } from '../config/index.ts';
import type { Context } from '../context.ts';
import { createProblemResponse, type HttpEnv, readThrown } from '../http/index.ts';
import { fetchDocument } from '../outbound/fetch-document.ts';
import { createMasterKey } from '../platform/master-key.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { createTestHouse, type TestHouse } from '../tasks/create-test-house.ts';
import { createEventKeys } from './events/event-keys.ts';
import { createRiskState } from './risk/risk-state.ts';
import { createStreamRoutes } from './streams/ssf-routes.ts';
import { createReceiveRoutes } from './transmitters/receive-routes.ts';
import { createTransmitters } from './transmitters/transmitter.ts';

/** Security events in and out, without a server: real store and verbs, a clock that stands still. */
export interface TestSignals {
  readonly house: TestHouse;
  readonly context: Context;
  readonly stored: TestStore;
  /** Asks a route; an object becomes a JSON body. */
  ask(method: string, path: string, options?: Asked): Promise<Response>;
}

export interface Asked {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function openTestSignals(
  signals: Partial<ConfigFile['signals']> = {},
  start?: number,
): Promise<TestSignals> {
  const stored = await openTestStore();
  const house = await createTestHouse(stored.store, start);
  const parsed = configSchema.parse({ server: { publicUrl: 'https://house.example' } });
  const config = completeConfig({ ...parsed, signals: { ...parsed.signals, ...signals } });
  const { platform, store } = house.context;
  const masterKey = createMasterKey(new Uint8Array(32));
  const context: Context = {
    ...house.context,
    ...{ config, masterKey },
    events: createEventKeys({ masterKey, platform, store }),
    risk: createRiskState(platform),
    transmitters: createTransmitters({ config, platform, fetchDocument }),
    approvals: await createApprovalState({ platform, store, publicUrl: config.server.publicUrl }),
  };
  const app = new OpenAPIHono<HttpEnv>();
  app.route('/', createStreamRoutes(context));
  app.route('/', createReceiveRoutes(context));
  app.onError((thrown) => createProblemResponse(readThrown(thrown, context.log, 'test'), 'test'));
  app.notFound(() => createProblemResponse(new AppError('server.not_found'), 'test'));
  return {
    ...{ house, context, stored },
    ask: async (method, path, { token, body, headers = {} } = {}) =>
      app.request(path, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
  };
}
