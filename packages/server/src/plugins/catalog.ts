import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@countersign/api';
import type { ChannelConfig } from '../config/channels.ts';
import type { Config } from '../config/config.ts';
import type { SecretStoreConfig } from '../config/secret-stores.ts';
import type { SinkConfig } from '../config/sinks.ts';
import type { FetchDocument } from '../outbound/fetch-document.ts';
import type { Platform } from '../platform/platform.ts';
import type { ApprovalChannel } from './approval-channel/approval-channel.ts';
import { createInboxChannel } from './approval-channel/inbox/create-inbox-channel.ts';
import { createMailChannel } from './approval-channel/mail/create-mail-channel.ts';
import type { PushDevice, VapidKey } from './approval-channel/push-device.ts';
import { createSlackChannel } from './approval-channel/slack/create-slack-channel.ts';
import { createWebPushChannel } from './approval-channel/web-push/create-web-push-channel.ts';
import { createWebhookChannel } from './approval-channel/webhook/create-webhook-channel.ts';
import type { Store } from './database/database.ts';
import { makeClientConfig } from './database/postgres/connect.ts';
import { openPostgresStore } from './database/postgres/open-postgres-store.ts';
import { parseDatabaseUrl } from './database/postgres/parse-database-url.ts';
import { lockDataFolder } from './database/sqlite/lock-data-folder.ts';
import { openSqliteStore } from './database/sqlite/open-sqlite-store.ts';
import type { StoreOptions } from './database/start-ledger.ts';
import { createJsonLinesSink } from './ledger-sink/json-lines/create-json-lines-sink.ts';
import type { LedgerSink } from './ledger-sink/ledger-sink.ts';
import type { LogReader } from './ledger-sink/log-reader.ts';
import { createOcsfFileSink, createOcsfPostSink } from './ledger-sink/ocsf/create-ocsf-sink.ts';
import { createOtlpSink } from './ledger-sink/otlp/create-otlp-sink.ts';
import type { PostParts } from './ledger-sink/post-events.ts';
import { createS3TilesSink } from './ledger-sink/s3-tiles/create-s3-tiles-sink.ts';
import { createSyslogSink } from './ledger-sink/syslog/create-syslog-sink.ts';
import { createEncryptedFileStore } from './secret-store/encrypted-file/create-encrypted-file-store.ts';
import { loadSecretsKey } from './secret-store/encrypted-file/load-secrets-key.ts';
import { createEnvironmentStore } from './secret-store/environment/create-environment-store.ts';
import type { GenerationMemory } from './secret-store/generation-memory.ts';
import { createOnePasswordStore } from './secret-store/one-password/create-one-password-store.ts';
import type { SecretStore } from './secret-store/secret-store.ts';
import { createVaultStore } from './secret-store/vault/create-vault-store.ts';
import { createInProcessHub } from './signal-bus/in-process/create-in-process-hub.ts';
import { createNatsBus } from './signal-bus/nats/create-nats-bus.ts';
import { createPostgresBus } from './signal-bus/postgres/create-postgres-bus.ts';
import type { OpenBus } from './signal-bus/signal-bus.ts';
import {
  createGitHubActionsAttestor,
  gitHubActionsIssuer,
} from './workload-attestor/github-actions/create-github-actions-attestor.ts';
import { createKeySource } from './workload-attestor/key-source.ts';
import { createKubernetesAttestor } from './workload-attestor/kubernetes/create-kubernetes-attestor.ts';
import { loadKeys } from './workload-attestor/load-keys.ts';
import { createSpiffeAttestor, pickSvidKeys } from './workload-attestor/spiffe/create-spiffe-attestor.ts';
import type { WorkloadAttestor } from './workload-attestor/workload-attestor.ts';

export interface StoreConfig extends Pick<Config, 'data' | 'database'> {
  readonly ledger?: Pick<Config['ledger'], 'checkpointSeconds'>;
  readonly signals?: Pick<Config['signals'], 'bus'>;
}

/**
 * Keys and secrets stay in the data folder wherever the data is, so that it belongs to one process, or to gateways that share
 * a database and tell each other what they change.
 */
export async function openStore(
  { data, database, ledger, signals }: StoreConfig,
  keys: Pick<StoreOptions, 'loadLedgerKey' | 'openKeyring' | 'onFenced'>,
): Promise<Store> {
  const options = { ...keys, ...(ledger && { checkpointIntervalMs: ledger.checkpointSeconds * 1000 }) };
  if (database.url === undefined) return openSqliteStore({ folder: data.folder, ...options });
  const address = parseDatabaseUrl(database.url);
  const isShared = signals !== undefined && signals.bus.kind !== 'in-process';
  const onClosed = isShared ? undefined : await lockDataFolder(data.folder);
  return openPostgresStore({ address, isShared, ...options, ...(onClosed && { onClosed }) });
}

export interface SecretStoreParts {
  readonly config: Pick<Config, 'data' | 'secrets'>;
  readonly platform: Platform;
  readonly environment: NodeJS.ProcessEnv;
  readonly generations: GenerationMemory;
}

/** Every secret store of the configuration, by its name. Throws `config.invalid` or `secret.unavailable`. */
export async function createSecretStores(parts: SecretStoreParts): Promise<ReadonlyMap<string, SecretStore>> {
  const { store, stores } = parts.config.secrets;
  const stated = new Map(stores.map((one) => [one.name, one]));
  if (stated.size < stores.length) throw refuseStores('two have one name');
  const isMisnamed = stores.some(({ name, kind }) => isLocal(name) && name !== kind);
  if (isMisnamed) throw refuseStores('encrypted-file and environment are what their names say');
  if (isLocal(store) && !stated.has(store)) stated.set(store, { name: store, kind: store });
  // Two stores on one file would overwrite each other's changes.
  if ([...stated.values()].filter(({ kind }) => kind === 'encrypted-file').length > 1)
    throw refuseStores('there is one encrypted file');
  if (!stated.has(store)) throw refuseStores(`there is none named ${store}`);
  const made = new Map<string, SecretStore>();
  for (const one of stated.values()) made.set(one.name, await createSecretStore(one, parts));
  return made;
}

function isLocal(name: string): name is 'encrypted-file' | 'environment' {
  return name === 'encrypted-file' || name === 'environment';
}

async function createSecretStore(stated: SecretStoreConfig, parts: SecretStoreParts): Promise<SecretStore> {
  const { config, platform, environment, generations } = parts;
  const remote = {
    platform,
    readFile: (path: string) => readFile(path, 'utf8'),
    freshMilliseconds: config.secrets.cacheSeconds * 1000,
  };
  switch (stated.kind) {
    case 'environment':
      return createEnvironmentStore({ environment, platform });
    case 'encrypted-file': {
      const { folder } = config.data;
      const key = loadSecretsKey(folder, environment, platform);
      return createEncryptedFileStore({ path: join(folder, 'secrets.json'), key, platform, generations });
    }
    case 'vault':
      return createVaultStore({ config: stated, ...remote, ...(await readAuthority(stated)) });
    case '1password':
      return createOnePasswordStore({ config: stated, ...remote, ...(await readAuthority(stated)) });
  }
}

async function readAuthority(stated: {
  name: string;
  caFile?: string | undefined;
}): Promise<{ ca?: string }> {
  if (stated.caFile === undefined) return {};
  try {
    return { ca: await readFile(stated.caFile, 'utf8') };
  } catch (cause) {
    const detail = `secret store ${stated.name}: caFile cannot be read`;
    throw new AppError('config.invalid', { detail, cause });
  }
}

function refuseStores(why: string): AppError {
  return new AppError('config.invalid', { detail: `secrets.stores: ${why}` });
}

/** The platforms that the configuration trusts to attest workloads. Nothing is fetched before the first use. */
export function createWorkloadAttestors(
  config: Pick<Config, 'server' | 'tokens' | 'workloads'>,
  platform: Pick<Platform, 'now'>,
  fetchDocument: FetchDocument,
): readonly WorkloadAttestor[] {
  return config.workloads.map((trust) => createWorkloadAttestor(trust, config, { platform, fetchDocument }));
}

function createWorkloadAttestor(
  trust: Config['workloads'][number],
  config: Pick<Config, 'server' | 'tokens'>,
  parts: { platform: Pick<Platform, 'now'>; fetchDocument: FetchDocument },
): WorkloadAttestor {
  const issuer = trust.issuer ?? gitHubActionsIssuer;
  const now = (): number => parts.platform.now();
  const load = () => loadKeys({ ...trust, issuer }, parts.fetchDocument);
  const { clockSkewSeconds } = config.tokens;
  const rules = { name: trust.name, audience: config.server.publicUrl, clockSkewSeconds, now };
  switch (trust.kind) {
    case 'spiffe': {
      const keys = createKeySource({ load: async () => pickSvidKeys(await load()), now });
      return createSpiffeAttestor({ ...rules, trustDomain: trust.trustDomain ?? '', keys });
    }
    case 'kubernetes':
      return createKubernetesAttestor({ ...rules, issuer, keys: createKeySource({ load, now }) });
    case 'github-actions':
      return createGitHubActionsAttestor({ ...rules, issuer, keys: createKeySource({ load, now }) });
  }
}

export interface ChannelParts {
  readonly config: Pick<Config, 'approvals' | 'server'>;
  readonly store: Store;
  readonly secrets: Pick<SecretStore, 'get'>;
  /** The browsers that people named, and the key they know this server by. */
  readonly push: {
    readKey(): Promise<VapidKey>;
    listDevices(personId: string): Promise<readonly PushDevice[]>;
    removeDevice(deviceId: string): Promise<void>;
  };
  tell(personId: string, cardId: string): void;
}

/** The inbox and every channel of the configuration, by name. Throws `config.invalid`, `upstream.address_refused`. */
export async function createApprovalChannels(
  parts: ChannelParts,
): Promise<ReadonlyMap<string, ApprovalChannel>> {
  const { store, tell } = parts;
  const inbox = createInboxChannel({ name: 'inbox', store, tell });
  const made = new Map<string, ApprovalChannel>([[inbox.name, inbox]]);
  for (const stated of parts.config.approvals.channels) {
    if (made.has(stated.name))
      throw new AppError('config.invalid', { detail: `approvals.channels: two are named ${stated.name}` });
    made.set(stated.name, await createApprovalChannel(stated, parts));
  }
  return made;
}

async function createApprovalChannel(stated: ChannelConfig, parts: ChannelParts): Promise<ApprovalChannel> {
  const { name } = stated;
  const read = (reference: string | undefined, path: string | undefined) =>
    readSetting(parts, reference, path);
  switch (stated.kind) {
    case 'web-push':
      return createWebPushChannel({
        name,
        contact: stated.contact,
        services: stated.services,
        ...parts.push,
      });
    case 'mail': {
      const { host, port, security, from, user, password, passwordFile } = stated;
      return createMailChannel({
        ...{ name, host, port, security, from },
        ...(user === undefined ? {} : { user, readPassword: () => read(password, passwordFile) }),
        ...(await readAuthorityOf('channel', stated)),
      });
    }
    case 'slack':
      return createSlackChannel({
        name,
        readToken: () => read(stated.token, stated.tokenFile),
        ...(stated.channel === undefined ? {} : { channel: stated.channel }),
        ...(stated.apiUrl === undefined ? {} : { apiUrl: stated.apiUrl }),
      });
    case 'webhook': {
      const { url, allowPrivate, secret, secretFile, previousSecret } = stated;
      return createWebhookChannel({
        ...{ name, url, allowPrivate, source: parts.config.server.publicUrl },
        readSecrets: async () => [
          await read(secret, secretFile),
          ...(previousSecret === undefined ? [] : [await read(previousSecret, undefined)]),
        ],
        ...(await readAuthorityOf('channel', stated)),
      });
    }
  }
}

/** The value of a `{secret:…}` reference, or what a file holds. */
async function readSetting(
  { secrets }: Pick<ChannelParts, 'secrets'>,
  reference: string | undefined,
  path: string | undefined,
): Promise<string> {
  if (reference !== undefined) return (await secrets.get(reference.slice('{secret:'.length, -1))).value;
  return (await readFile(path ?? '', 'utf8')).trim();
}

async function readAuthorityOf(
  what: 'channel' | 'sink',
  { name, caFile }: { name: string; caFile?: string | undefined },
) {
  if (caFile === undefined) return {};
  try {
    return { certificateAuthority: await readFile(caFile, 'utf8') };
  } catch (cause) {
    throw new AppError('config.invalid', { detail: `${what} ${name}: caFile cannot be read`, cause });
  }
}

export interface SinkParts {
  readonly config: Pick<Config, 'ledger' | 'server'>;
  readonly secrets: Pick<SecretStore, 'get'>;
  readonly log: LogReader;
  /** Of the product. */
  readonly version: string;
}

/** Every sink of the configuration. Nothing is opened before the first delivery. Throws `config.invalid`, `upstream.address_refused`. */
export async function createLedgerSinks(
  parts: SinkParts,
): Promise<readonly { readonly sink: LedgerSink; readonly settings: SinkConfig }[]> {
  return Promise.all(
    parts.config.ledger.sinks.map(async (settings) => ({
      sink: await createLedgerSink(settings, parts),
      settings,
    })),
  );
}

async function createLedgerSink(settings: SinkConfig, parts: SinkParts): Promise<LedgerSink> {
  const { version } = parts;
  const { publicUrl: source } = parts.config.server;
  switch (settings.kind) {
    case 'ocsf': {
      const { name, url, format, folder } = settings;
      if (url !== undefined)
        return createOcsfPostSink({ name, url, format, version, ...(await postWith(settings, parts)) });
      return createOcsfFileSink({ name, version, ...rotateAs(settings), folder: folder ?? '' });
    }
    case 'otlp':
      return createOtlpSink({
        ...{ name: settings.name, url: settings.url, source },
        ...(await postWith(settings, parts)),
      });
    case 'syslog': {
      const { name, host, port, security, allowPrivate, enterprise, maxMessageBytes } = settings;
      return createSyslogSink({
        ...{ name, host, port, security, allowPrivate, enterprise, maxMessageBytes },
        hostname: new URL(source).hostname,
        ...(await readCertificate(settings)),
        ...(await readAuthorityOf('sink', settings)),
      });
    }
    case 's3-tiles': {
      const { name, url, region, prefix, allowPrivate, publishSeconds } = settings;
      return createS3TilesSink({
        ...{ name, url, region, prefix, allowPrivate, log: parts.log },
        publishMilliseconds: publishSeconds * 1000,
        readKeys: async () => ({
          accessKeyId:
            settings.accessKeyId ?? (await readSetting(parts, undefined, settings.accessKeyIdFile)),
          secretAccessKey: await readSetting(parts, settings.secretAccessKey, settings.secretAccessKeyFile),
        }),
        ...(await readAuthorityOf('sink', settings)),
      });
    }
    case 'json-lines':
      return createJsonLinesSink({ name: settings.name, ...rotateAs(settings), folder: settings.folder });
  }
}

type PostingConfig = Extract<SinkConfig, { kind: 'ocsf' | 'otlp' }>;

async function postWith(settings: PostingConfig, parts: SinkParts): Promise<PostParts> {
  const { allowPrivate, token, tokenFile, tokenHeader } = settings;
  return {
    allowPrivate,
    ...(token === undefined && tokenFile === undefined
      ? {}
      : { readToken: () => readSetting(parts, token, tokenFile) }),
    ...(tokenHeader === undefined ? {} : { tokenHeader }),
    ...(await readAuthorityOf('sink', settings)),
  };
}

function rotateAs({ rotateBytes, rotateHours, gzip }: Extract<SinkConfig, { kind: 'ocsf' | 'json-lines' }>) {
  return { rotateBytes, rotateMilliseconds: rotateHours * 3_600_000, gzip };
}

async function readCertificate({
  name,
  certificateFile,
  keyFile,
}: {
  name: string;
  certificateFile?: string | undefined;
  keyFile?: string | undefined;
}) {
  if (certificateFile === undefined || keyFile === undefined) return {};
  try {
    return {
      certificate: { cert: await readFile(certificateFile, 'utf8'), key: await readFile(keyFile, 'utf8') },
    };
  } catch (cause) {
    throw new AppError('config.invalid', { detail: `sink ${name}: its certificate cannot be read`, cause });
  }
}

/** How to join the bus of the configuration. Throws `config.invalid`. */
export async function chooseSignalBus({
  database,
  signals,
}: Pick<Config, 'database' | 'signals'>): Promise<OpenBus> {
  const { kind, url, subject, credentialsFile, caFile } = signals.bus;
  switch (kind) {
    case 'in-process':
      return createInProcessHub().open;
    case 'postgres': {
      const place = url ?? database.url;
      if (place === undefined)
        throw new AppError('config.invalid', {
          detail: 'signals.bus needs a url where database.url is not PostgreSQL',
        });
      const server = makeClientConfig(parseDatabaseUrl(place));
      return (listener) => createPostgresBus(server, listener);
    }
    case 'nats': {
      const address = {
        ...{ url: url ?? '', subject },
        credentials: await readBusFile('credentialsFile', credentialsFile),
        authority: await readBusFile('caFile', caFile),
      };
      return (listener) => createNatsBus(address, listener);
    }
  }
}

async function readBusFile(name: string, path: string | undefined): Promise<string | undefined> {
  try {
    return path === undefined ? undefined : await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('config.invalid', { detail: `signals.bus.${name} cannot be read`, cause });
  }
}
