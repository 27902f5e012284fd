import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { createUnauthenticatedCounter, planRoutes } from './actions/index.ts';
import { agentRoutes, announceAgent, createAgentState, retireAgent, suspendAgent } from './agents/index.ts';
import {
  approvalPages,
  approvalRoutes,
  createApprovalState,
  createNoticeState,
  createPushDevices,
  createReceiptRoutes,
  listReceipts,
  loadReceiptKeys,
  noticeRoutes,
  personChannelRoutes,
  phonePages,
  quietHoursRoutes,
  signingPages,
} from './approvals/index.ts';
import type { Config } from './config/index.ts';
import type { Context } from './context.ts';
import { delegationRoutes } from './delegations/index.ts';
import {
  createDrillState,
  createEvidenceState,
  evidencePages,
  exposureRoutes,
  type Substitutes,
} from './exposure/index.ts';
import { createPeersDoor, isForPeers } from './gateway/a2a/index.ts';
import { createDecisionDoor, isForDecisions } from './gateway/authzen/index.ts';
import { createHooksDoor, isForHooks } from './gateway/hooks/index.ts';
import { createHttpDoor } from './gateway/http/index.ts';
import { createMcpDoor } from './gateway/mcp/index.ts';
import { createModelsDoor } from './gateway/models/index.ts';
import { createTelemetryDoor, createToldCounter, isForTelemetry } from './gateway/otlp/index.ts';
import {
  createControlPlane,
  createPageAssets,
  listSecurityHeaders,
  loadConsoleFiles,
  type MountedRoutes,
  writeOperatorToken,
} from './http/index.ts';
import { createHouseJobs, inTurn } from './jobs/index.ts';
import {
  bundleRoutes,
  captureStore,
  createCapture,
  createLogReader,
  createSinkState,
  erasurePages,
  ledgerRoutes,
  openKeyring,
  sinkRoutes,
  tileRoutes,
} from './ledger/index.ts';
import { loadOrganisationState, organisationPages, organisationRoutes } from './organisations/index.ts';
import { type FetchDocument, fetchDocument } from './outbound/fetch-document.ts';
import { holdLeavers, oidcRoutes, peoplePages, peopleRoutes, scimRoutes } from './people/index.ts';
import { loadMasterKey } from './platform/load-master-key.ts';
import type { MasterKey } from './platform/master-key.ts';
import type { Platform } from './platform/platform.ts';
import {
  createApprovalChannels,
  createLedgerSinks,
  createSecretStores,
  createWorkloadAttestors,
  openStore,
} from './plugins/catalog.ts';
import type { Store } from './plugins/database/database.ts';
import { createMemoryKeyring, drawRoots } from './plugins/database/sealing/keyring.ts';
import { createPolicyState, findPolicyFiles, policyModePages, policyRoutes } from './policies/index.ts';
import { ghostRoutes, handoverPages, handoverRoutes, reviewPages, reviewRoutes } from './reviews/index.ts';
import { createSecretAges, joinStores, keepGeneration, limitAges, secretRoutes } from './secrets/index.ts';
import { type Ground, refuseAll, type SeatWatch, shareCounts } from './share-database.ts';
import {
  agentModelRoutes,
  createEventKeys,
  createModelUses,
  createReceiveRoutes,
  createStops,
  createStreamRoutes,
  createTransmitters,
  loadRiskState,
  loadStops,
  type RunningLink,
  type Stops,
  signalRoutes,
} from './signals/index.ts';
import {
  createAsks,
  createCascades,
  createTaskLeases,
  declassificationPages,
  taskRoutes,
} from './tasks/index.ts';
import {
  createAuthorizeRoutes,
  createBackchannelRoutes,
  createClientRoutes,
  createConsentRoutes,
  createEnforcementPointRoutes,
  createNotificationEndpointRoutes,
  createRegistrationRoutes,
  createSigningKeyRoutes,
  createStatusRoutes,
  createTokenControlRoutes,
  createTokenDoor,
  createTokenRoutes,
  createTokenState,
  loadLedgerKey,
} from './tokens/index.ts';
import {
  connectionPages,
  createUpstreamCredentials,
  createUpstreamDirectory,
  findDefinitions,
  upstreamRoutes,
} from './upstreams/index.ts';

export interface BuildParts {
  readonly config: Config;
  readonly platform: Platform;
  readonly log: Logger;
  readonly environment: NodeJS.ProcessEnv;
  readonly version: string;
  /** Stands in for the network in tests, which have no public address. */
  readonly fetchDocument?: FetchDocument;
  /** Folder of the built console. */
  readonly consoleFolder: string;
  /** As the store's. */
  onFenced?(): void;
  /** Of a world apart, where drills are played: what stands there in the place of all that is real. */
  readonly instead?: Substitutes;
}

export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** Chooses every implementation and puts the parts together. Throws `AppError`s of the parts that cannot start. */
export async function buildContext(parts: BuildParts): Promise<Context> {
  const { config, environment, instead } = parts;
  const { masterKey } = instead ?? loadMasterKey(config.data.folder, environment);
  const seat: SeatWatch = { onLost: () => {} };
  const store = await openEvidence(parts, masterKey, seat);
  try {
    // One after the other: what there is once for all gateways the first one makes, and the next ones find.
    return await inTurn(store, 'start', () => assemble(parts, { store, masterKey, seat }));
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function assemble(parts: BuildParts, { store, masterKey, seat }: Ground): Promise<Context> {
  const { config, platform, log, instead } = parts;
  const secretAges = await createSecretAges({ config, store, platform, masterKey, log });
  const secrets = instead?.secrets ?? limitAges(await openSecrets(parts, store), secretAges);
  const stops = await openStops(store);
  const upstreams = await createUpstreamDirectory({
    ...{ store, platform, log },
    fetchDocument: parts.fetchDocument ?? fetchDocument,
    ...(instead && { connect: instead.connect }),
  });
  const { publicUrl } = config.server;
  const asks = createAsks();
  const shared = shareCounts({ store, platform, asks });
  const tasks = createTaskLeases({ store, platform, stops, ...shared.tasks });
  const cascades = await createCascades({ store, platform, stops, config, log });
  tasks.watchWith(cascades);
  seat.onLost = () => refuseAll({ log, stops, tasks });
  tasks.onEnded((taskId) => cascades.forget(taskId));
  const { asksPerHour } = config.approvals;
  const approvals = await createApprovalState({ log, platform, store, publicUrl, asksPerHour });
  tasks.onEnded((taskId) => tidyInbox({ approvals, log }, taskId));
  const push = createPushDevices({ store, masterKey, platform });
  const notices = await createNoticeState((tell) =>
    createApprovalChannels({ config, store, secrets, push, tell }),
  );
  const tokens = await createTokenState({
    ...{ config, platform, store, masterKey, stops, log },
    fetchDocument: parts.fetchDocument ?? fetchDocument,
  });
  const credentials = createUpstreamCredentials({
    ...{ store, secrets, platform, log, masterKey, publicUrl },
    signingKeys: tokens.signingKeys,
  });
  tasks.onEnded((taskId) => credentials.forgetTask(taskId));
  return {
    config,
    platform,
    log,
    masterKey,
    store,
    jobs: createHouseJobs(store, platform.now),
    secrets,
    secretAges,
    stops,
    upstreams,
    credentials,
    transmitters: createTransmitters(parts),
    organisations: await openOrganisations(parts, store, stops),
    events: createEventKeys({ masterKey, platform, store }),
    ...(await openRisk(parts, store)),
    agents: createAgentState(store),
    tasks,
    asks,
    cascades,
    tokens,
    workloads: createWorkloadAttestors(config, platform, fetchDocument),
    policies:
      instead?.policies ?? (await createPolicyState({ config, platform, store, masterKey, upstreams, log })),
    evidence: createEvidenceState(),
    drills: createDrillState((substitutes) => buildContext({ ...parts, ...substitutes })),
    counters: shared.counters,
    approvals,
    receipts: await loadReceiptKeys({ store, masterKey, platform, issuer: publicUrl }),
    notices,
    sinks: await openSinks(parts, secrets, store),
    unauthenticated: createUnauthenticatedCounter(platform, store),
    told: createToldCounter(platform, store),
  };
}

/** Only tidies: an approval of an ended task could not be used anyway. */
function tidyInbox({ approvals, log }: Pick<Context, 'approvals' | 'log'>, task: string): void {
  const cancelled = approvals.cancel('task', task, 'task.ended');
  cancelled.catch((err: unknown) => log.error({ err, task }, 'cancelling approvals failed'));
}

async function openEvidence(parts: BuildParts, masterKey: MasterKey, seat: SeatWatch): Promise<Store> {
  const { config, platform, instead } = parts;
  const { folder } = config.data;
  const store = await openStore(config, {
    onFenced: () => {
      seat.onLost();
      parts.onFenced?.();
    },
    loadLedgerKey: (sql, stream) => loadLedgerKey({ sql, masterKey, platform, stream }),
    // A world apart takes its keys with it.
    openKeyring: async (sql, ledger) =>
      instead
        ? createMemoryKeyring(drawRoots(platform.randomBytes))
        : openKeyring(sql, { folder, masterKey, platform, ledger }),
  });
  return captureStore(store, createCapture(config.ledger.capture, platform));
}

async function openRisk({ config, platform, log }: BuildParts, store: Store) {
  const risk = await loadRiskState(store, platform);
  return { risk, modelUses: createModelUses({ config, platform, store, risk, log }) };
}

async function openStops(store: Store): Promise<Stops> {
  const stops = createStops();
  await loadStops(store, stops);
  await holdLeavers({ store, stops });
  return stops;
}

function openOrganisations(parts: BuildParts, store: Store, stops: Stops) {
  const { config, platform, fetchDocument: fetchKeys = fetchDocument } = parts;
  const { publicUrl } = config.server;
  return loadOrganisationState({ store, stops, platform, publicUrl, fetchDocument: fetchKeys });
}

async function openSecrets({ config, platform, environment, log }: BuildParts, store: Store) {
  const generations = await keepGeneration(store, 'encrypted-file', log);
  const stores = await createSecretStores({ config, platform, environment, generations });
  return joinStores(config.secrets.store, stores);
}

async function openSinks({ config, version }: BuildParts, secrets: Context['secrets'], store: Store) {
  const log = createLogReader(store);
  return createSinkState(await createLedgerSinks({ config, secrets, version, log }));
}

/** One listener for everything: the gateway's hot path on bare `node:http`, the rest on the control plane. */
export async function buildHandle(
  context: Context,
  parts: BuildParts,
  link: Pick<RunningLink, 'deafSince'> = { deafSince: null },
): Promise<Handle> {
  const door = createMcpDoor(context);
  const httpDoor = createHttpDoor(context);
  const peersDoor = createPeersDoor(context);
  const modelsDoor = createModelsDoor(context);
  const standing = listSecurityHeaders(context.config.server.publicUrl.startsWith('https:'));
  const tokenDoor = createTokenDoor(context, standing);
  const hooksDoor = createHooksDoor(context, standing);
  const telemetryDoor = createTelemetryDoor(context, standing);
  const decisionDoor = createDecisionDoor(context, standing);
  const pageAssets = createPageAssets();
  const controlPlane = createControlPlane(context, {
    operatorToken: await writeOperatorToken(
      context.config.data.folder,
      context.platform,
      context.store.seat.isShared,
    ),
    version: parts.version,
    routes: [
      ...listRoutes(context),
      { path: '/', app: oidcRoutes(context, pageAssets) },
      { path: '/', app: peoplePages(context, pageAssets) },
      // Before the pages of approvals, whose pattern would take the name for an id.
      { path: '/', app: createReceiptRoutes(context) },
      { path: '/', app: signingPages(context, pageAssets) },
      { path: '/', app: approvalPages(context, pageAssets) },
      { path: '/', app: phonePages(context, pageAssets) },
      { path: '/', app: connectionPages(context, pageAssets) },
      { path: '/', app: createAuthorizeRoutes(context, pageAssets) },
      { path: '/', app: handoverPages(context, pageAssets) },
      { path: '/', app: reviewPages(context, pageAssets) },
      { path: '/', app: evidencePages(context, pageAssets) },
      { path: '/', app: policyModePages(context, pageAssets) },
      { path: '/', app: declassificationPages(context, pageAssets) },
      { path: '/', app: erasurePages(context, pageAssets) },
      { path: '/', app: organisationPages(context, pageAssets) },
    ],
    pageAssets,
    consoleFiles: await loadConsoleFiles(parts.consoleFolder),
    readinessChecks: {
      ledger: async () => {
        await context.store.requireWritable();
        await context.store.sql.selectFrom('ledger_checkpoints').select('size').limit(1).execute();
      },
      policies: () => {
        if (context.policies.version === '') throw new Error('no policy bundle is active');
      },
      signals: () => {
        if (link.deafSince !== null) throw new Error('neither the bus nor the database is heard');
      },
    },
  });
  return (request, response) => {
    if (request.url === '/mcp' || request.url?.startsWith('/mcp/') === true) void door(request, response);
    else if (request.url?.startsWith('/http/') === true) void httpDoor(request, response);
    else if (request.url?.startsWith('/models/') === true) void modelsDoor(request, response);
    else if (isForPeers(request.url ?? '')) void peersDoor(request, response);
    else if (request.url === '/oauth/token' && request.method === 'POST') tokenDoor(request, response);
    else if (isForDecisions(request.url ?? '')) decisionDoor(request, response);
    else if (isForHooks(request.url ?? '')) hooksDoor(request, response);
    else if (isForTelemetry(request.url ?? '')) telemetryDoor(request, response);
    else controlPlane(request, response);
  };
}

function listRoutes(context: Context): MountedRoutes[] {
  return [
    { path: '/', app: createTokenRoutes(context) },
    { path: '/', app: createStatusRoutes(context) },
    { path: '/', app: createBackchannelRoutes(context) },
    { path: '/', app: createRegistrationRoutes(context) },
    { path: '/v1/agents', app: ghostRoutes(context) },
    { path: '/v1/agents/handovers', app: handoverRoutes(context) },
    { path: '/', app: createStreamRoutes(context) },
    { path: '/', app: createReceiveRoutes(context) },
    { path: '/v1/agents', app: agentRoutes(context) },
    { path: '/v1/agents', app: agentModelRoutes(context) },
    { path: '/v1/agents', app: createNotificationEndpointRoutes(context) },
    { path: '/v1/approvals', app: noticeRoutes(context, createPushDevices(context)) },
    { path: '/v1/approvals', app: approvalRoutes(context) },
    { path: '/v1/delegations', app: delegationRoutes(context) },
    { path: '/v1/exposure', app: exposureRoutes(context) },
    { path: '/v1/ledger/sinks', app: sinkRoutes(context) },
    { path: '/v1/ledger', app: ledgerRoutes(context) },
    {
      path: '/v1/ledger',
      app: bundleRoutes(context, {
        findPolicy: (version) => findPolicyFiles(context, version),
        findReceipts: (approvals) => listReceipts(context, approvals),
        findTools: (digests) => findDefinitions(context, digests),
      }),
    },
    { path: '/log', app: tileRoutes(context) },
    { path: '/v1/organisations', app: organisationRoutes(context) },
    { path: '/v1/people', app: personChannelRoutes(context) },
    { path: '/v1/people', app: peopleRoutes(context) },
    { path: '/v1/people', app: quietHoursRoutes(context) },
    {
      path: '/scim/v2',
      app: scimRoutes(context, { announce: announceAgent, suspend: suspendAgent, retire: retireAgent }),
    },
    { path: '/v1/policies', app: policyRoutes(context) },
    { path: '/v1/reviews', app: reviewRoutes(context) },
    { path: '/v1/secrets', app: secretRoutes(context) },
    { path: '/v1/signals', app: signalRoutes(context) },
    { path: '/v1/tasks', app: taskRoutes(context) },
    { path: '/v1/tasks', app: planRoutes(context) },
    { path: '/v1/tokens', app: createSigningKeyRoutes(context) },
    { path: '/v1/tokens', app: createTokenControlRoutes(context) },
    { path: '/v1/tokens', app: createClientRoutes(context) },
    { path: '/v1/tokens', app: createConsentRoutes(context) },
    { path: '/v1/tokens', app: createEnforcementPointRoutes(context) },
    { path: '/v1/upstreams', app: upstreamRoutes(context) },
  ];
}
