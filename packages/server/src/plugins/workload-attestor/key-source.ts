import { AppError } from '@countersign/api';
import {
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';

export interface KeySourceOptions {
  /** Reads the platform's keys; anything it throws counts as "cannot be had". */
  load(): Promise<JSONWebKeySet>;
  now(): number;
  /** Keys this old are read anew before the next use. */
  readonly freshSeconds?: number;
  /** Keys older than this are not used at all: a key the platform took back must not live on here. */
  readonly staleSeconds?: number;
}

interface Held {
  readonly find: JWTVerifyGetKey;
  readonly at: number;
}

/** However many unknown key ids arrive, the platform is asked no more often than this. */
const quietMilliseconds = 10_000;
const mostKeys = 256;

/**
 * The public keys of a platform, kept for minutes. Read anew when they are old or a key is unknown, once for all who wait.
 * Throws `token.workload_unavailable` when they are too old and cannot be had.
 */
export function createKeySource(options: KeySourceOptions): JWTVerifyGetKey {
  const freshMilliseconds = (options.freshSeconds ?? 300) * 1000;
  const staleMilliseconds = (options.staleSeconds ?? 3600) * 1000;
  let held: Held | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | undefined;

  const refresh = (): Promise<void> => {
    if (options.now() - triedAt < quietMilliseconds && loading === undefined) return Promise.resolve();
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  };
  const load = async (): Promise<void> => {
    triedAt = options.now();
    try {
      const { keys } = await options.load();
      if (!Array.isArray(keys) || keys.length > mostKeys) return;
      held = { find: createLocalJWKSet({ keys }), at: triedAt };
    } catch {
      // Those known stay good until they are stale; then the caller below refuses.
    }
  };
  const current = (): Held => {
    if (held === undefined || options.now() - held.at >= staleMilliseconds) {
      throw new AppError('token.workload_unavailable');
    }
    return held;
  };

  return async (header, token: FlattenedJWSInput) => {
    if (held === undefined || options.now() - held.at >= freshMilliseconds) await refresh();
    const before = current();
    try {
      return await before.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await refresh();
      return current().find(header, token);
    }
  };
}
