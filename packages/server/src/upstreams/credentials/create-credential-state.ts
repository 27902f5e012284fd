import { AppError } from '@countersign/api';
import type { Logger } from 'pino';
import { createGuardedFetch, type GuardedFetch } from '../../outbound/guarded-fetch.ts';
import type { MasterKey } from '../../platform/master-key.ts';
import type { Platform } from '../../platform/platform.ts';
import { RecentMap } from '../../platform/recent-map.ts';
import type { Store } from '../../plugins/database/database.ts';
import type { SecretStore } from '../../plugins/secret-store/secret-store.ts';
import type { TokenState } from '../../tokens/index.ts';
import { type ConnectionParts, connectionNeeded } from '../connections/connection-parts.ts';
import { type Injection, resolveInjection } from '../resolve-injection.ts';
import { admitCredential, recordMinted } from './admit-credential.ts';
import { createIssuerMemory } from './create-issuer-memory.ts';
import { describeStored } from './describe-stored.ts';
import { fillCredential, type MintedCredential } from './fill-credential.ts';
import { issueCredential } from './issue-credential.ts';
import type { ArmedInjection, Claimant, CredentialUse, Holder } from './minted.ts';

/** The credentials that calls carry to upstreams, got when they are needed and held only in memory, each for one task. */
export interface UpstreamCredentials {
  /**
   * Everything a request of this claimant must carry. Throws `secret.*`, `upstream.connection_needed`,
   * `upstream.credential_unavailable`, or what else keeps a credential from being got; never gives another's.
   */
  arm(holder: Holder, claimant: Claimant | null): Promise<ArmedInjection>;
  /** Calls `cut` when what the credential rests on ends while it is in use. Returns how to stop that. */
  follow({ connection }: CredentialUse, cut: (reason: AppError) => void): () => void;
  /** Lets go of whatever was got for the task, and ends it at its issuer where that is possible. */
  forgetTask(task: string): void;
  /** Lets go of what has ended, and of what `isOver` says. */
  sweep(isOver: (claimant: Claimant, holder: Holder) => boolean): void;
  /** Lets go of what comes from connections that another gateway has ended, and cuts the calls that use them. */
  refresh(): Promise<void>;
  readonly connections: ConnectionParts;
  close(): Promise<void>;
}

export interface CredentialParts {
  readonly store: Store;
  readonly secrets: SecretStore;
  readonly platform: Platform;
  readonly log: Logger;
  readonly masterKey: MasterKey;
  readonly publicUrl: string;
  readonly signingKeys: Pick<TokenState['signingKeys'], 'current'>;
  readonly fetch?: (allowPrivate: boolean) => GuardedFetch;
}

interface Entry {
  readonly holder: Holder;
  readonly claimant: Claimant | null;
  readonly minting: Promise<MintedCredential>;
  minted: MintedCredential | undefined;
  /** Nothing new comes from it, and it is ended once it is there. */
  isDropped: boolean;
}

const mostHeld = 20_000;
const mostMinting = 256;
const closeMilliseconds = 2_000;
const idsInStatement = 500;

export function createUpstreamCredentials(parts: CredentialParts): UpstreamCredentials {
  return new HeldCredentials(parts);
}

class HeldCredentials implements UpstreamCredentials {
  readonly connections: ConnectionParts;
  readonly #parts: CredentialParts;
  readonly #held = new RecentMap<Entry>(mostHeld);
  /** The same by task: many may end at once. */
  readonly #byTask = new Map<string, Set<Entry>>();
  readonly #fetches = new Map<boolean, GuardedFetch>();
  readonly #followers = new Map<string, Set<(reason: AppError) => void>>();
  readonly #ending = new Set<Promise<void>>();
  #minting = 0;
  #isClosing = false;

  constructor(parts: CredentialParts) {
    this.#parts = parts;
    const fetch = parts.fetch ?? ((allowPrivate) => createGuardedFetch({ allowPrivate }));
    const fetchOf = (allowPrivate: boolean): GuardedFetch => {
      const known = this.#fetches.get(allowPrivate) ?? fetch(allowPrivate);
      this.#fetches.set(allowPrivate, known);
      return known;
    };
    this.connections = {
      ...parts,
      fetch: fetchOf,
      findIssuer: createIssuerMemory(fetchOf, parts.platform.now),
      refreshing: new Map(),
      unsaved: new Map(),
      forgetConnection: (row) => {
        this.#drop((entry) => entry.minted?.issued.connection === row.id);
        const reason = connectionNeeded(parts, row.upstream);
        for (const cut of [...(this.#followers.get(row.id) ?? [])]) cut(reason);
      },
    };
  }

  async arm(holder: Holder, claimant: Claimant | null): Promise<ArmedInjection> {
    const stored = await resolveInjection(holder.settings, this.#parts.secrets);
    if (holder.settings.credential === undefined) return describeStored(stored);
    const minted = await this.#find(holder, claimant, undefined).minting;
    return this.#fill(stored, holder, claimant, minted);
  }

  follow({ connection }: CredentialUse, cut: (reason: AppError) => void): () => void {
    if (connection === undefined) return () => {};
    const cuts = this.#followers.get(connection) ?? new Set();
    this.#followers.set(connection, cuts.add(cut));
    return () => {
      cuts.delete(cut);
      if (cuts.size === 0 && this.#followers.get(connection) === cuts) this.#followers.delete(connection);
    };
  }

  forgetTask(task: string): void {
    for (const entry of [...(this.#byTask.get(task) ?? [])]) this.#end(entry);
  }

  sweep(isOver: (claimant: Claimant, holder: Holder) => boolean): void {
    const now = this.#parts.platform.now();
    this.#drop(({ claimant, holder, minted }) => {
      const ended = minted !== undefined && minted.usableUntil <= now;
      return ended || (claimant !== null && isOver(claimant, holder));
    });
  }

  async refresh(): Promise<void> {
    const minted = [...this.#held.values()].map((entry) => entry.minted?.issued.connection);
    const ids = [...new Set([...this.#followers.keys(), ...minted])].filter((id) => id !== undefined);
    for (let from = 0; from < ids.length; from += idsInStatement) {
      const ended = await this.#parts.store.sql
        .selectFrom('upstream_connections')
        .selectAll()
        .where('id', 'in', ids.slice(from, from + idsInStatement))
        .where('ended_at', 'is not', null)
        .execute();
      for (const row of ended) this.connections.forgetConnection(row);
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#drop(() => true);
    const bound = new Promise<void>((resolve) => setTimeout(resolve, closeMilliseconds).unref());
    await Promise.race([Promise.all(this.#ending), bound]);
    await Promise.all([...this.#fetches.values()].map((fetch) => fetch.close()));
  }

  async #fill(
    stored: Injection,
    holder: Holder,
    claimant: Claimant | null,
    minted: MintedCredential,
  ): Promise<ArmedInjection> {
    const { issued, id, nonce } = minted;
    const filled = await fillCredential(stored, holder, minted, this.#parts.platform);
    return {
      ...filled,
      fallback: null,
      credential: {
        kind: issued.kind,
        minted: id,
        ...(issued.connection === undefined ? {} : { connection: issued.connection }),
      },
      renew: async (challenge) => {
        // The same token with the nonce that was asked for; anything else calls for another token.
        const wanted = challenge?.nonce;
        const isProofOld = wanted !== undefined && wanted !== nonce && issued.bindingKey !== undefined;
        const next = isProofOld ? minted : await this.#find(holder, claimant, minted).minting;
        next.nonce = wanted ?? next.nonce;
        return this.#fill(stored, holder, claimant, next);
      },
    };
  }

  /** The one credential of this claimant at this upstream, minted by whoever comes first. */
  #find(holder: Holder, claimant: Claimant | null, refused: MintedCredential | undefined): Entry {
    const key = `${claimant?.task ?? ''} ${holder.name}`;
    const known = this.#held.get(key);
    if (known !== undefined && this.#isGood(known, holder, refused)) return known;
    if (known !== undefined) this.#end(known);
    if (this.#minting >= mostMinting) throw new AppError('server.overloaded');
    const entry: Entry = {
      holder,
      claimant,
      minted: undefined,
      isDropped: false,
      minting: this.#mint(holder, claimant, refused, () => entry).catch((thrown: unknown) => {
        this.#end(entry);
        throw thrown;
      }),
    };
    // Whoever asked may be gone by the time it fails.
    entry.minting.catch(() => {});
    for (const dropped of this.#held.add(key, entry)) this.#end(dropped);
    if (claimant !== null) {
      const siblings = this.#byTask.get(claimant.task);
      if (siblings === undefined) this.#byTask.set(claimant.task, new Set([entry]));
      else siblings.add(entry);
    }
    return entry;
  }

  #isGood(entry: Entry, holder: Holder, refused: MintedCredential | undefined): boolean {
    if (entry.isDropped || entry.holder.settings !== holder.settings) return false;
    if (entry.minted === undefined) return true;
    return entry.minted !== refused && entry.minted.usableUntil > this.#parts.platform.now();
  }

  async #mint(
    holder: Holder,
    claimant: Claimant | null,
    refused: MintedCredential | undefined,
    own: () => Entry,
  ): Promise<MintedCredential> {
    this.#minting++;
    try {
      const issued = await issueCredential(this.connections, holder, claimant, refused?.issued.token);
      const minted = admitCredential(issued, claimant, this.#parts.platform);
      const entry = own();
      entry.minted = minted;
      await recordMinted(this.#parts, holder, claimant, minted);
      // Whatever ended while it was on the way: from here on it can be found and dropped.
      await issued.ensure?.();
      if (entry.isDropped) {
        this.#end(entry);
        throw new AppError('task.not_open');
      }
      return minted;
    } finally {
      this.#minting--;
    }
  }

  #leaveTask(entry: Entry): void {
    const task = entry.claimant?.task ?? '';
    const siblings = this.#byTask.get(task);
    siblings?.delete(entry);
    if (siblings?.size === 0) this.#byTask.delete(task);
  }

  #drop(matches: (entry: Entry) => boolean): void {
    for (const entry of [...this.#held.values()]) if (matches(entry)) this.#end(entry);
  }

  #end(entry: Entry): void {
    const key = `${entry.claimant?.task ?? ''} ${entry.holder.name}`;
    if (this.#held.get(key) === entry) this.#held.delete(key);
    this.#leaveTask(entry);
    const wasDropped = entry.isDropped && entry.minted === undefined;
    entry.isDropped = true;
    const { minted } = entry;
    if (wasDropped || minted?.issued.revoke === undefined || minted.isRevoked === true) return;
    minted.isRevoked = true;
    const ending = minted.issued.revoke().catch((thrown: unknown) => {
      // Thousands may be ended at once then, and no issuer has to answer in time.
      if (this.#isClosing) return;
      const { code } = thrown instanceof AppError ? thrown : { code: 'server.internal' };
      this.#parts.log.warn(
        { upstream: entry.holder.name, minted: minted.id, code },
        'a credential could not be ended',
      );
    });
    this.#ending.add(ending);
    void ending.then(() => this.#ending.delete(ending));
  }
}
