import { fileURLToPath } from 'node:url';
import { toAppError } from '@countersign/api';
import type { Logger } from 'pino';
import { recordLostOutcomes } from './actions/index.ts';
import {
  deliverCards,
  escalateApprovals,
  expireApprovals,
  forgetCards,
  refreshApprovals,
  sendDueChecks,
} from './approvals/index.ts';
import { buildContext, buildHandle, type Handle } from './build.ts';
import { type Config, type ConfigFile, completeConfig } from './config/index.ts';
import type { Context } from './context.ts';
import { removeLeftWorlds, runDueDrills } from './exposure/index.ts';
import { forgetTold } from './gateway/otlp/index.ts';
import { followTlsFiles, listen, readTlsFiles } from './http/index.ts';
import { type RunningJob, runJob } from './jobs/index.ts';
import {
  feedSinks,
  finishErasures,
  indexOlderValues,
  repeatErasures,
  retireDue,
  startCosigning,
  tellRepeats,
} from './ledger/index.ts';
import { checkStatuses, forgetUsedAssertions } from './organisations/index.ts';
import type { FetchDocument } from './outbound/fetch-document.ts';
import {
  type Actor,
  createFirstAdministrator,
  expireAuditAccess,
  finishInterrupted,
  followMapping,
  regroupPeople,
} from './people/index.ts';
import { createLog } from './platform/create-log.ts';
import { createPlatform, type Platform } from './platform/platform.ts';
import { chooseSignalBus } from './plugins/catalog.ts';
import { forgetCounters, refreshPolicies } from './policies/index.ts';
import { countUse, tendHandovers, tendReviews } from './reviews/index.ts';
import { endOverlaps, watchAges } from './secrets/index.ts';
import {
  announceGateway,
  applyDueEvents,
  createTransmitterPollers,
  distributeEvents,
  expireRisks,
  forgetEvents,
  forgetReceived,
  type OtherRefreshers,
  pushEvents,
  startSignalLink,
} from './signals/index.ts';
import { expireTasks } from './tasks/index.ts';
import {
  confirmStatus,
  endAsks,
  expireAuthorizations,
  expireClients,
  forgetAssertions,
  notifyAgents,
  refreshSigningKeys,
} from './tokens/index.ts';
import {
  createUpstreamRefresher,
  declareUpstream,
  followEndings,
  refreshUpstream,
  startUpstreams,
} from './upstreams/index.ts';

export interface StartOptions {
  readonly config: Config;
  readonly environment?: NodeJS.ProcessEnv;
  readonly platform?: Platform;
  readonly log?: Logger;
  readonly version?: string;
  /** Stands in for the network in tests, which have no public address. */
  readonly fetchDocument?: FetchDocument;
  /** Called when another gateway of the database has taken the place of this one, which then can only be stopped. */
  onFenced?(): void;
}

export interface RunningServer {
  readonly context: Context;
  /** Public URL. */
  readonly url: string;
  /** On which it listens. */
  readonly port: number;
  /** Absolute one-time link for the first administrator; null once somebody has joined. */
  readonly firstAdministrator: { readonly link: string; readonly personId: string } | null;
  /** Lets calls in flight finish for a moment, writes what is owed, closes the store; the same again when asked twice. */
  stop(): Promise<void>;
}

const system: Actor = { kind: 'system', part: 'start' };
const graceMilliseconds = 3000;
const flushMilliseconds = 1000;
const placesMilliseconds = 15_000;
const consoleFolder = fileURLToPath(new URL('../../console/dist/', import.meta.url));

/** Starts the whole product in this process. Throws `AppError` when it cannot: nothing is left running then. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const platform = options.platform ?? createPlatform();
  const log = options.log ?? createLog(options.config);
  // With port 0 the public URL, to which proofs and passkeys are bound, is known only once we listen.
  let handle: Handle = refuseUntilReady;
  const { server, tls } = options.config;
  const files = readTlsFiles(options.config);
  const listening = await listen((request, response) => handle(request, response), {
    host: server.host,
    port: server.port,
    ...(files && { tls: { ...files, asksForCertificates: tls.clientCertificates === 'ask' } }),
  });
  try {
    const config = settlePort(options.config, listening.port);
    const parts = {
      config,
      platform,
      log,
      environment: options.environment ?? {},
      version: options.version ?? '0.1.0',
      consoleFolder,
      ...(options.fetchDocument === undefined ? {} : { fetchDocument: options.fetchDocument }),
      ...(options.onFenced === undefined ? {} : { onFenced: () => options.onFenced?.() }),
    };
    const openBus = await chooseSignalBus(config);
    const context = await buildContext(parts);
    try {
      await announceGateway(context, parts.version);
      await repeatErasures(context);
      await finishErasures(context);
      await recordLostOutcomes(context);
      await removeLeftWorlds(context);
      await followMapping(context);
      handle = await buildHandle(context, parts);
      await recordLife(context, 'server.started', parts.version);
      const first = await createFirstAdministrator(context);
      const jobs = [...startJobs(context), startCosigning(context), await startUpstreamJobs(context)];
      jobs.push(startSignalLink(context, openBus, listRefreshers(context)));
      if (files) jobs.push(followTlsFiles(context, listening, files));
      let stopping: Promise<void> | undefined;
      return {
        context,
        url: config.server.publicUrl,
        port: listening.port,
        firstAdministrator: first && {
          link: `${config.server.publicUrl}${first.path}`,
          personId: first.personId,
        },
        stop: () => {
          stopping ??= stopServer(context, listening, jobs, parts.version);
          return stopping;
        },
      };
    } catch (error) {
      await closeContext(context).catch(() => {});
      throw error;
    }
  } catch (error) {
    await listening.close(0);
    throw error;
  }
}

const refuseUntilReady: Handle = (_request, response) => {
  response.writeHead(503, { 'retry-after': '1' }).end();
};

function settlePort(config: Config, port: number): Config {
  return config.server.port === port
    ? config
    : completeConfig({ ...config, server: withPort(config, port) } as ConfigFile, port);
}

function withPort({ server }: Config, port: number): ConfigFile['server'] {
  const { publicUrl, ...rest } = server;
  const isOurs = new URL(publicUrl).port === String(server.port);
  return isOurs ? { ...rest, port } : { ...rest, port, publicUrl };
}

function startJobs(context: Context): RunningJob[] {
  const { now } = context.platform;
  return [
    runJob('expire tasks', () => expireTasks(context), now, context.log),
    runJob('forget workload assertions', () => forgetAssertions(context), now, context.log),
    runJob('forget counters of limits', () => forgetCounters(context), now, context.log),
    runJob('count use', () => countUse(context), now, context.log),
    runJob('tend reviews', () => tendReviews(context), now, context.log),
    runJob('tend handovers', () => tendHandovers(context), now, context.log),
    runJob('retire evidence', () => retireDue(context), now, context.log),
    runJob('index older values', () => indexOlderValues(context), now, context.log),
    runJob('write places', () => writePlaces(context), now, context.log),
    runJob('expire approvals', () => expireApprovals(context), now, context.log),
    runJob('regroup people', () => regroupPeople(context), now, context.log),
    runJob('finish leavings', () => finishInterrupted(context), now, context.log),
    runJob('tell people', () => deliverCards(context), now, context.log),
    runJob('forget old cards', () => forgetCards(context), now, context.log),
    runJob('feed sinks', () => feedSinks(context), now, context.log),
    runJob('expire access of auditors', () => expireAuditAccess(context), now, context.log),
    runJob('tell who read evidence', () => tellRepeats(context), now, context.log),
    runJob('escalate approvals', () => escalateApprovals(context), now, context.log),
    runJob('send checks', () => sendDueChecks(context), now, context.log),
    runJob('expire risks', () => expireRisks(context), now, context.log),
    runJob('distribute security events', () => distributeEvents(context), now, context.log),
    runJob('push security events', () => pushEvents(context), now, context.log),
    ...createTransmitterPollers(context).map((poll) =>
      runJob('fetch security events', poll, now, context.log),
    ),
    runJob('give effect to security events', () => applyDueEvents(context), now, context.log),
    runJob('forget received events', () => forgetReceived(context), now, context.log),
    runJob('forget security events', () => forgetEvents(context), now, context.log),
    runJob('forget what telemetry told', () => forgetTold(context), now, context.log),
    runJob('end asks', () => endAsks(context), now, context.log),
    runJob('notify agents', () => notifyAgents(context), now, context.log),
    runJob('run due drills', () => runDueDrills(context), now, context.log),
    runJob('end overlaps of secrets', () => endOverlaps(context), now, context.log),
    runJob('watch ages of secrets', () => watchAges(context), now, context.log),
    runJob('expire authorizations', () => expireAuthorizations(context), now, context.log),
    runJob('expire clients', () => expireClients(context), now, context.log),
    runJob('ask organisations', () => checkStatuses(context), now, context.log),
    runJob('forget used assertions', () => forgetUsedAssertions(context), now, context.log),
    runJob('confirm token status', () => confirmStatus(context), now, context.log),
    runJob(
      'write counted refusals',
      async () => {
        await context.unauthenticated.flush();
        await context.tokens.refusals.flush();
        await context.told.flush();
        return now() + flushMilliseconds;
      },
      now,
      context.log,
    ),
  ];
}

function listRefreshers(context: Context): OtherRefreshers {
  return {
    approvals: (ids) => refreshApprovals(context, ids),
    policies: () => refreshPolicies(context),
    signingKeys: () => refreshSigningKeys(context),
    upstream: (name) => refreshUpstream(context, name),
    upstreams: createUpstreamRefresher(context),
  };
}

async function writePlaces({ agents, platform }: Context): Promise<number> {
  await agents.places.flush(platform.now());
  return platform.now() + placesMilliseconds;
}

/** Declares what the configuration names, then keeps all pinned tools true. An upstream that is down does not stop the start. */
async function startUpstreamJobs(context: Context): Promise<RunningJob> {
  for (const upstream of context.config.upstreams) {
    await declareUpstream(context, system, upstream).catch((thrown: unknown) => {
      const { code, detail } = toAppError(thrown);
      context.log.warn(
        { upstream: upstream.name, code, detail },
        'a configured upstream could not be declared',
      );
    });
  }
  const watching = startUpstreams(context);
  const endings = followEndings(context);
  return {
    async stop() {
      watching.stop();
      await endings.stop();
    },
  };
}

async function stopServer(
  context: Context,
  listening: { close(grace: number): Promise<void> },
  jobs: readonly RunningJob[],
  version: string,
): Promise<void> {
  await listening.close(graceMilliseconds);
  await context.drills.close();
  await Promise.all(jobs.map((job) => job.stop()));
  await context.notices.close();
  await context.sinks.close();
  await writeLast(context, () => context.unauthenticated.flush());
  await writeLast(context, () => context.tokens.refusals.flush());
  await writeLast(context, () => context.told.flush(true));
  await writeLast(context, async () => void (await tellRepeats(context, { isLast: true })));
  await closeContext(context, () => writeLast(context, () => recordLife(context, 'server.stopped', version)));
}

/** The store goes last: whatever else ends may still write. */
async function closeContext(context: Context, beforeStore?: () => Promise<void>): Promise<void> {
  try {
    context.policies.close();
    await context.upstreams.close();
    await context.credentials.close();
    await context.secrets.close();
    await beforeStore?.();
  } finally {
    await context.store.close();
  }
}

/** A full disk or a database that is gone keeps no server from stopping. */
async function writeLast(context: Context, write: () => Promise<void>): Promise<void> {
  await write().catch((thrown: unknown) => {
    context.log.warn({ code: toAppError(thrown).code }, 'the last records could not be written');
  });
}

async function recordLife(
  context: Context,
  kind: 'server.started' | 'server.stopped',
  version: string,
): Promise<void> {
  const { environment } = context.config.server;
  const record = { id: context.platform.newId('rec'), kind, at: context.platform.now(), causes: [] };
  await context.store.append([
    { ...record, policyVersion: context.policies.version, body: { version, environment } },
  ]);
}
