import { AppError } from '@countersign/api';
import { isJsonObject, parseStrictJson } from '@countersign/core';
import type { JSONWebKeySet, JWK, JWTVerifyGetKey } from 'jose';
import type { FetchDocument } from '../outbound/fetch-document.ts';
import { isLoopbackHost } from '../outbound/is-loopback-host.ts';
import type { Platform } from '../platform/platform.ts';
import type { Store } from '../plugins/database/database.ts';
import { createKeySource } from '../plugins/workload-attestor/key-source.ts';
import type { Hold, Stops } from '../signals/index.ts';
import { endOnEvent } from './end-on-event.ts';
import { narrowToCeilings } from './narrow-to-ceilings.ts';
import { type Organisation, readOrganisation } from './organisation.ts';
import { createHeldLists, type HeldLists } from './status/held-lists.ts';

type Issuer = Organisation['terms']['issuers'][number];

/** The organisations as this process knows them. */
export interface OrganisationState {
  /** By `iss`, exactly. */
  findByIssuer(issuer: string): Organisation | undefined;
  /** Which organisation vouches for the agent. */
  findByAgent(agentId: string): Organisation | undefined;
  list(): readonly Organisation[];
  /** The pinned keys of one of its issuers. */
  keysOf(issuer: Issuer): JWTVerifyGetKey;
  /** Puts signed terms, or a cutting off, in force. Returns the calls cut. */
  put(organisation: Organisation): readonly string[];
  /** Holds a task that is to be opened to the ceilings of those who vouch for its agents. */
  readonly narrow: typeof narrowToCeilings;
  /** Ends what was given on an organisation's word for somebody of whom its transmitter tells. */
  readonly endOnEvent: typeof endOnEvent;
  /** Puts in force what another gateway has changed. */
  refresh(): Promise<void>;
  fetch(url: string, accept: string): Promise<string>;
  /** Its status lists, as last read. */
  readonly lists: HeldLists;
}

const keyLimits = { bytes: 262_144, depth: 8, keys: 4_096 };

/** While an organisation is cut off its agents are held, as if each of them were stopped. */
export async function loadOrganisationState(parts: {
  readonly store: Store;
  readonly stops: Stops;
  readonly platform: Pick<Platform, 'now'>;
  readonly publicUrl: string;
  readonly fetchDocument: FetchDocument;
}): Promise<OrganisationState> {
  const { platform, stops } = parts;
  const allowPrivate = isLoopbackHost(new URL(parts.publicUrl).hostname);
  const known = new Map<string, Organisation>();
  const holds = new Map<string, Hold[]>();
  /** The record of the change that was last read of each. */
  const stored = new Map<string, string>();
  const keys = new Map<string, JWTVerifyGetKey>();

  const fetch = async (url: string, accept: string): Promise<string> => {
    const { text } = await parts.fetchDocument({ url, allowPrivate, accept, maxBytes: keyLimits.bytes });
    return text;
  };
  const state: OrganisationState = {
    findByIssuer: (issuer) =>
      [...known.values()].find(({ terms }) => terms.issuers.some((one) => one.issuer === issuer)),
    findByAgent: (agentId) => [...known.values()].find(({ terms }) => terms.agents.includes(agentId)),
    list: () => [...known.values()],
    keysOf(issuer) {
      const name = JSON.stringify(issuer);
      const held =
        keys.get(name) ?? createKeySource({ load: () => loadKeys(issuer, fetch), now: platform.now });
      keys.set(name, held);
      return held;
    },
    put(organisation) {
      const { id, terms } = organisation;
      known.set(id, organisation);
      const before = holds.get(id) ?? [];
      const isHeld = organisation.state === 'cut_off';
      const after = isHeld
        ? terms.agents.map((agent) => stops.hold('agent', agent, new AppError('organisation.cut_off')))
        : [];
      holds.set(id, after);
      for (const hold of before) hold.release();
      return after.flatMap(({ cut }) => cut);
    },
    async refresh() {
      await parts.store.transaction(async (tx) => {
        const rows = await tx.sql.selectFrom('organisations').selectAll().execute();
        // What this gateway changes itself comes before it or after it.
        tx.afterCommit(() => {
          for (const row of rows) {
            // What is cut off here and not written yet stays so.
            if (stored.get(row.id) === row.changed_record) continue;
            stored.set(row.id, row.changed_record);
            state.put(readOrganisation(row));
          }
        });
      });
    },
    fetch,
    narrow: narrowToCeilings,
    endOnEvent,
    lists: createHeldLists(),
  };
  const rows = await parts.store.sql.selectFrom('organisations').selectAll().execute();
  for (const row of rows) {
    stored.set(row.id, row.changed_record);
    state.put(readOrganisation(row));
  }
  return state;
}

async function loadKeys(
  { jwksUri, keys }: Issuer,
  fetch: OrganisationState['fetch'],
): Promise<JSONWebKeySet> {
  if (jwksUri === undefined) return { keys: (keys ?? []) as unknown as JWK[] };
  const parsed = parseStrictJson(
    await fetch(jwksUri, 'application/jwk-set+json, application/json'),
    keyLimits,
  );
  const found = parsed.ok && isJsonObject(parsed.value) ? parsed.value.keys : undefined;
  if (!Array.isArray(found)) throw new Error('there are no keys');
  return { keys: found.filter(isJsonObject) as unknown as JWK[] };
}
