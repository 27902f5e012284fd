import type { Platform } from '../../platform/platform.ts';
import type { StatusReference } from '../token-claims.ts';
import { statusListUrl } from './status-list-url.ts';

/** What an issued token rests on, kept until it expires. Times are epoch milliseconds. */
export interface ListedToken {
  readonly jti: string;
  readonly agentId: string;
  readonly ownerId: string;
  /** Null for a control token. */
  readonly taskId: string | null;
  readonly chain: readonly string[];
  readonly registeredKey: string | null;
  readonly workload: string | null;
  readonly expiresAt: number;
}

/** A list as it was before a restart, one token of it. */
export interface RestoredToken {
  readonly list: string;
  readonly idx: number;
  readonly token: ListedToken;
}

export interface StatusLists {
  /** Gives the token a place in the list that is being filled. */
  assign(token: ListedToken): StatusReference;
  /** Puts a token of an earlier process back in its place; its list is not filled any further. */
  restore(restored: RestoredToken): void;
  /** By place; undefined for a list that never was, or whose last token has expired. */
  find(list: string): ReadonlyMap<number, ListedToken> | undefined;
  /** Filled here; all other lists grow elsewhere, or no more. */
  isOwn(list: string): boolean;
  findToken(jti: string): ListedToken | undefined;
  /** How many that have not expired are like this. */
  count(isMeant: (token: ListedToken) => boolean, now: number): number;
  /** Lets go of expired tokens and of lists without any. */
  prune(now: number): void;
}

/** Places in a list. A token's neighbours say nothing of it: places are taken at random, and half stay empty. */
export const listSize = 32_768;
const mostInList = listSize / 2;
/** A list is filled for this long, so that it is gone soon after its last token. */
const fillMilliseconds = 300_000;

interface List {
  readonly id: string;
  readonly openedAt: number;
  readonly tokens: Map<number, ListedToken>;
}

export function createStatusLists(parts: {
  readonly platform: Pick<Platform, 'now' | 'randomBytes'>;
  readonly issuer: string;
}): StatusLists {
  const { platform, issuer } = parts;
  const lists = new Map<string, List>();
  const byJti = new Map<string, ListedToken>();
  let filling: List | undefined;

  const open = (id: string, openedAt: number): List => {
    const list = { id, openedAt, tokens: new Map() };
    lists.set(id, list);
    return list;
  };

  const chooseList = (): List => {
    const now = platform.now();
    const isFull =
      filling === undefined ||
      filling.tokens.size >= mostInList ||
      now - filling.openedAt >= fillMilliseconds ||
      now < filling.openedAt;
    if (isFull || filling === undefined) {
      filling = open(Buffer.from(platform.randomBytes(9)).toString('base64url'), now);
    }
    return filling;
  };

  const put = (list: List, idx: number, token: ListedToken): void => {
    list.tokens.set(idx, token);
    byJti.set(token.jti, token);
  };

  return {
    assign(token) {
      const list = chooseList();
      let idx = choosePlace(platform);
      while (list.tokens.has(idx)) idx = choosePlace(platform);
      put(list, idx, token);
      return { idx, uri: statusListUrl(issuer, list.id) };
    },
    restore({ list, idx, token }) {
      // Opened in the past, so that no new token joins it.
      put(lists.get(list) ?? open(list, Number.NEGATIVE_INFINITY), idx, token);
    },
    find: (list) => lists.get(list)?.tokens,
    isOwn: (list) => (lists.get(list)?.openedAt ?? Number.NEGATIVE_INFINITY) > Number.NEGATIVE_INFINITY,
    findToken: (jti) => byJti.get(jti),
    count: (isMeant, now) =>
      byJti.values().reduce((sum, token) => sum + (token.expiresAt > now && isMeant(token) ? 1 : 0), 0),
    prune(now) {
      for (const [id, { tokens }] of lists) {
        for (const [idx, token] of tokens) {
          if (token.expiresAt > now) continue;
          tokens.delete(idx);
          byJti.delete(token.jti);
        }
        if (tokens.size === 0 && id !== filling?.id) lists.delete(id);
      }
    },
  };
}

function choosePlace(platform: Pick<Platform, 'randomBytes'>): number {
  const [high = 0, low = 0] = platform.randomBytes(2);
  return ((high << 8) | low) % listSize;
}
