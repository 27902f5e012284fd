import { fileURLToPath } from 'node:url';
import { toAppError } from '@countersign/api';
import type { Logger } from 'pino';
import { leaveSeat, recordLostOutcomes, watchSeats } from './actions/index.ts';
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
import { inTurn, isAlone, type Job, type RunningJob, runJob } from './jobs/index.ts';
import {
  feedSinks,
  finishErasures,
  indexOlderValues,
  repeatErasures,
  retireDue,
  startCosigning,
  tellRepeats,
} from './ledger/index.ts';
import { askAcknowledgements, checkStatuses, forgetUsedAssertions } from './organisations/index.ts';
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
import { forgetUsed } from './plugins/database/use-once.ts';
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
    const jobs: RunningJob[] = [];
    try {
      await announceGateway(context, parts.version);
      // What others change from here on is heard, and what they changed since it was read here is looked up: then calls may come.
      const link = await startSignalLink(context, openBus, listRefreshers(context));
      jobs.push(link);
      const first = await inTurn(context.store, 'start', () => settleHouse(context));
      handle = await buildHandle(context, parts, link);
      await recordLife(context, 'server.started', parts.version);
      jobs.push(...startJobs(context), startCosigning(context), await startUpstreamJobs(context));
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
      await Promise.all(jobs.map((job) => job.stop()));
      await closeContext(context).catch(() => {});
      throw error;
    }
  } catch (error) {
    await listening.close(0);
    throw error;
  }
}

/** What an earlier life, or another release, has left to be done: by one gateway at a time. */
async function settleHouse(context: Context): Promise<Awaited<ReturnType<typeof createFirstAdministrator>>> {
  await repeatErasures(context);
  // Others that start now cannot say yet that they forgot the keys, and wait for this one: the jobs of the house do it then.
  if (await isAlone(context.store)) await finishErasures(context);
  await recordLostOutcomes(context);
  await removeLeftWorlds(context);
  await followMapping(context);
  return createFirstAdministrator(context);
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
  const { log } = context;
  const { now } = context.platform;
  const each = (name: string, job: Job): RunningJob => runJob(name, job, now, log);
  /** By one gateway of the database alone. */
  const once = (name: string, job: Job): RunningJob => runJob(name, context.jobs.only(job), now, log);
  return [
    each('take the jobs of the house', () => context.jobs.look()),
    ...(context.store.seat.isShared ? [each('watch the next gateway', () => watchSeats(context))] : []),
    once('expire tasks', () => expireTasks(context)),
    once('forget workload assertions', () => forgetAssertions(context)),
    once('forget what was used once', () => forgetUsed(context)),
    once('forget counters of limits', () => forgetCounters(context)),
    once('count use', () => countUse(context)),
    once('tend reviews', () => tendReviews(context)),
    once('tend handovers', () => tendHandovers(context)),
    once('retire evidence', () => retireDue(context)),
    once('index older values', () => indexOlderValues(context)),
    each('write places', () => writePlaces(context)),
    once('expire approvals', () => expireApprovals(context)),
    once('regroup people', () => regroupPeople(context)),
    once('finish leavings', () => finishInterrupted(context)),
    once('tell people', () => deliverCards(context)),
    once('forget old cards', () => forgetCards(context)),
    once('feed sinks', () => feedSinks(context)),
    once('expire access of auditors', () => expireAuditAccess(context)),
    each('tell who read evidence', () => tellRepeats(context)),
    once('escalate approvals', () => escalateApprovals(context)),
    once('send checks', () => sendDueChecks(context)),
    once('expire risks', () => expireRisks(context)),
    once('distribute security events', () => distributeEvents(context)),
    once('push security events', () => pushEvents(context)),
    ...createTransmitterPollers(context).map((poll) => once('fetch security events', poll)),
    once('give effect to security events', () => applyDueEvents(context)),
    once('forget received events', () => forgetReceived(context)),
    once('forget security events', () => forgetEvents(context)),
    once('forget what telemetry told', () => forgetTold(context)),
    once('end asks', () => endAsks(context)),
    once('notify agents', () => notifyAgents(context)),
    once('run due drills', () => runDueDrills(context)),
    once('end overlaps of secrets', () => endOverlaps(context)),
    once('watch ages of secrets', () => watchAges(context)),
    once('expire authorizations', () => expireAuthorizations(context)),
    once('expire clients', () => expireClients(context)),
    once('ask organisations', () => checkStatuses(context)),
    once('ask whether assertions were taken', () => askAcknowledgements(context)),
    once('forget used assertions', () => forgetUsedAssertions(context)),
    each('confirm token status', () => confirmStatus(context)),
    each('write counted refusals', async () => {
      await context.unauthenticated.flush();
      await context.tokens.refusals.flush();
      await context.told.flush();
      return now() + flushMilliseconds;
    }),
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
  await context.jobs.giveBack().catch(() => {});
  await context.notices.close();
  await context.sinks.close();
  await writeLast(context, () => context.unauthenticated.flush());
  await writeLast(context, () => context.tokens.refusals.flush());
  await writeLast(context, () => context.told.flush(true));
  await writeLast(context, async () => void (await tellRepeats(context, { isLast: true })));
  context.tasks.leave();
  await writeLast(context, () => leaveSeat(context));
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
