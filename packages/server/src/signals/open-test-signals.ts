import { AppError } from '@countersign/api';
import { createApprovalState } from '../approvals/index.ts';
import { type ConfigFile, completeConfig, configSchema } from '../config/index.ts';
import type { Context } from '../context.ts';
import { createProblemResponse, createRoutes, readThrown } from '../http/index.ts';
import { createMasterKey } from '../platform/master-key.ts';
import { createEventKeys } from './events/event-keys.ts';
import { createRiskState } from './risk/risk-state.ts';
import { createStreamRoutes } from './streams/protocol/routes.ts';
import { createReceiveRoutes } from './transmitters/routes.ts';
import { createTransmitters } from './transmitters/transmitter.ts';

/** Security events in and out, without a server, for tests: the verbs of a house, and the doors of this noun. */
export interface TestSignals {
  readonly context: Context;
  /** Asks a route; an object becomes a JSON body. */
  ask(method: string, path: string, options?: Asked): Promise<Response>;
}

export interface Asked {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function openTestSignals(
  house: Context,
  signals: Partial<ConfigFile['signals']> = {},
): Promise<TestSignals> {
  const parsed = configSchema.parse({ server: { publicUrl: 'https://house.example' } });
  const config = completeConfig({ ...parsed, signals: { ...parsed.signals, ...signals } });
  const { platform, store } = house;
  const masterKey = createMasterKey(new Uint8Array(32));
  const context: Context = {
    ...house,
    ...{ config, masterKey },
    events: createEventKeys({ masterKey, platform, store }),
    risk: createRiskState(platform),
    transmitters: createTransmitters({ config, platform }),
    approvals: await createApprovalState({
      log: house.log,
      platform,
      store,
      publicUrl: config.server.publicUrl,
    }),
  };
  const app = createRoutes();
  app.route('/', createStreamRoutes(context));
  app.route('/', createReceiveRoutes(context));
  app.onError((thrown) => createProblemResponse(readThrown(thrown, context.log, 'test'), 'test'));
  app.notFound(() => createProblemResponse(new AppError('server.not_found'), 'test'));
  return {
    context,
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
