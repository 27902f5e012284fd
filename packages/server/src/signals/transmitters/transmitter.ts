import { readFile } from 'node:fs/promises';
import { isJsonObject, parseStrictJson } from '@countersign/core';
import type { JSONWebKeySet, JWK, JWTVerifyGetKey } from 'jose';
import type { Config } from '../../config/config.ts';
import { type FetchDocument, fetchDocument } from '../../outbound/fetch-document.ts';
import type { Platform } from '../../platform/platform.ts';
import { createKeySource } from '../../plugins/workload-attestor/key-source.ts';

export type TransmitterConfig = Config['signals']['transmitters'][number];

/** Somebody who may tell of people and sessions, as the configuration trusts them. */
export interface Transmitter {
  readonly config: TransmitterConfig;
  /** Its public keys, pinned by where they come from; never those that an event names. */
  readonly keys: JWTVerifyGetKey;
}

export type Transmitters = ReadonlyMap<string, Transmitter>;

const keyLimits = { bytes: 262_144, depth: 8, keys: 4_096 };

export function createTransmitters(parts: {
  readonly config: Pick<Config, 'signals'>;
  readonly platform: Pick<Platform, 'now'>;
  /** Stands in for the network in tests, which have no public address. */
  readonly fetchDocument?: FetchDocument;
}): Transmitters {
  const { config, platform, fetchDocument: fetchKeys = fetchDocument } = parts;
  return new Map(
    config.signals.transmitters.map((one) => {
      const load = () => loadKeys(one, fetchKeys);
      return [one.name, { config: one, keys: createKeySource({ load, now: platform.now }) }];
    }),
  );
}

async function loadKeys(
  { keysFile, keysUrl = '', allowPrivate = false }: TransmitterConfig,
  fetchKeys: FetchDocument,
): Promise<JSONWebKeySet> {
  const text =
    keysFile === undefined
      ? (await fetchKeys({ url: keysUrl, allowPrivate, maxBytes: keyLimits.bytes })).text
      : await readFile(keysFile, 'utf8');
  const parsed = parseStrictJson(text, keyLimits);
  const keys = parsed.ok && isJsonObject(parsed.value) ? parsed.value.keys : undefined;
  if (!Array.isArray(keys)) throw new Error('there are no keys');
  return { keys: keys.filter(isJsonObject) as unknown as JWK[] };
}
