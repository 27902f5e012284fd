import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { type FetchDocument, fetchDocument } from '../outbound/fetch-document.ts';
import type { MasterKey } from '../platform/master-key.ts';
import type { Platform } from '../platform/platform.ts';
import type { Store } from '../plugins/database/database.ts';
import type { Stops } from '../signals/index.ts';
import { createBoundedCache } from './bounded-cache.ts';
import { createCertificateFinder } from './certificates/find-client-certificate.ts';
import { createClientDocuments } from './clients/create-client-documents.ts';
import { createFailureLimit } from './failure-limit.ts';
import { createAddressFinder } from './find-address.ts';
import { ensureSigningKey, loadSigningKeys } from './load-signing-keys.ts';
import { createProofNonces } from './proof-nonces.ts';
import { createRefusals } from './refusals.ts';
import { createSigningKeys } from './signing-keys.ts';
import { createStatusView } from './status/create-status-view.ts';
import { loadListedTokens } from './status/load-listed-tokens.ts';
import { createRevokedTokens } from './status/revoked-tokens.ts';
import { createStatusLists } from './status/status-lists.ts';
import type { TokenState } from './token-state.ts';
import { createUsedAssertions } from './used-assertions.ts';
import { createPresentedVerifier } from './verify-presented.ts';
import { createProofVerifier } from './verify-proof.ts';

const longestAssertionSeconds = 300;

/** Makes the key that signs tokens if there is none. Throws when the stored keys were sealed under another master key. */
export async function createTokenState(options: {
  config: Pick<Config, 'server' | 'tls' | 'tokens'>;
  platform: Platform;
  store: Store;
  masterKey: MasterKey;
  /** Stands in for the network in tests, which have no public address. */
  fetchDocument?: FetchDocument;
  stops: Stops;
  log: Pick<Logger, 'warn'>;
}): Promise<TokenState> {
  const { config, platform, store, masterKey, stops, log } = options;
  const issuer = config.server.publicUrl;
  const { clockSkewSeconds, statusFreshnessSeconds, unbound } = config.tokens;
  await ensureSigningKey({ store, masterKey, platform });
  const signingKeys = createSigningKeys(await loadSigningKeys({ store, masterKey, platform }));
  const nonces = createProofNonces(platform);
  const proofs = createProofVerifier({ platform, nonces, clockSkewSeconds });
  const revoked = createRevokedTokens(stops);
  const status = createStatusView({ store, platform, revoked, freshnessSeconds: statusFreshnessSeconds });
  // Nothing is honoured before what was revoked by an earlier process is known.
  await status.confirm();
  const statusLists = createStatusLists({ platform, issuer });
  const listed = await loadListedTokens({ store, platform, issuer });
  for (const token of listed.found) statusLists.restore(token);
  const presented = createPresentedVerifier({
    status,
    acceptsUnbound: unbound !== 'refuse',
    issuer,
    platform,
    signingKeys,
    proofs,
    nonces,
    clockSkewSeconds,
  });
  return {
    issuer,
    verifyPresented: (credentials) => presented.verify(credentials),
    nextNonce: () => nonces.current(),
    findCertificate: createCertificateFinder(config.tls.proxies),
    findAddress: createAddressFinder(config.tls.proxies),
    failures: createFailureLimit(platform, { mostOfClient: 120, mostOfAddress: 1200 }),
    ...{ status, statusLists, revoked },
    learnListed: async () => {
      if (!store.seat.isShared) return;
      for (const token of await listed.readMore()) statusLists.restore(token);
    },
    offers: {
      certificates: config.tls.clientCertificates === 'ask' || config.tls.proxies.length > 0,
      registration: config.tokens.dynamicRegistration === 'on',
      unbound: unbound !== 'refuse',
    },
    signingKeys,
    proofs,
    assertions: createUsedAssertions({
      ...{ store, platform },
      retainMilliseconds: (longestAssertionSeconds + 2 * clockSkewSeconds) * 1000,
    }),
    documents: createClientDocuments({
      platform,
      fetchDocument: options.fetchDocument ?? fetchDocument,
    }),
    clientKeys: createBoundedCache(20_000),
    refusals: createRefusals({ platform, store, log }),
    startedAt: platform.now(),
    forgetVerified: () => presented.forget(),
  };
}
