import { AppError, toAppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import type { Attempt, Message, Outcome } from '../../../actions/index.ts';
import type { Context } from '../../../context.ts';
import type { PresentedToken } from '../../../tokens/index.ts';
import { defaultMaxResultBytes } from '../../../upstreams/index.ts';
import { findGatheredList, type GatheredList, type ReadItems, readItems } from './gathered-lists.ts';
import { type ListPosition, openCursor, sealCursor } from './list-cursor.ts';

/** What asking every upstream needs of the request that asked. */
export interface Gathering {
  readonly context: Pick<Context, 'masterKey' | 'platform'>;
  readonly caller: PresentedToken;
  readonly arrival: Pick<Attempt, 'front' | 'credentials'>;
  readonly hungUp: AbortSignal;
  /** The path, outside the bound on calls at a time: what asks for all of these is in it already. */
  follow(attempt: Attempt): Promise<Outcome>;
}

const mostAtOnce = 16;
const patienceMilliseconds = 10_000;

type Page = ReadItems | { readonly failed: AppError };

/**
 * Has a list over all upstreams answered by each that the caller reaches, as an action of its own: decided, recorded and
 * given its secret there. One that fails or is slow is named beside the others.
 */
export function gatherList(gathering: Gathering, message: Message): Message {
  const list = findGatheredList(message.method);
  if (list === undefined) return message;
  return {
    ...message,
    answerHere: async (findReach) => {
      const { context, caller } = gathering;
      const reader = { agent: caller.agentId, method: message.method };
      const { cursor } = message.outgoing.params as JsonObject;
      const position = openCursor(context.masterKey, reader, cursor, context.platform.now());
      const { turn, begunTo, isLast } = takeTurn(position, await findReach());
      const pages = await Promise.all(turn.map((at) => readPage(gathering, list, message, at)));
      const { items, unlisted, open } = joinPages(turn, pages);
      const nextCursor = () =>
        sealCursor(context.masterKey, reader, { open, begunTo }, context.platform.now());
      const result = {
        resultType: 'complete',
        [list.member]: items,
        ttlMs: 0,
        cacheScope: 'private',
        ...(isLast && open.length === 0 ? {} : { nextCursor: nextCursor() }),
        ...(unlisted.length === 0 ? {} : { _meta: { 'countersign/unlisted': unlisted } }),
      };
      return { jsonrpc: '2.0', id: message.outgoing.id ?? null, result };
    },
  };
}

type Turn = ListPosition['open'];

/** What was left open goes first; who may no longer be reached is not asked. */
function takeTurn({ open, begunTo }: ListPosition, reach: readonly string[]) {
  const left = open.filter(([upstream]) => reach.includes(upstream));
  const fresh = reach.filter((upstream) => upstream > begunTo);
  const begun = fresh.slice(0, Math.max(0, mostAtOnce - left.length));
  const turn: Turn = [...left, ...begun.map((upstream) => [upstream, null] as const)];
  return { turn, begunTo: begun.at(-1) ?? begunTo, isLast: begun.length === fresh.length };
}

async function readPage(
  gathering: Gathering,
  list: GatheredList,
  message: Message,
  [upstream, cursor]: Turn[number],
): Promise<Page> {
  try {
    const outcome = await ask(gathering, upstream, toPageRequest(message, cursor));
    if (outcome.kind === 'pending') throw new AppError('action.pending');
    return readItems(list, upstream, outcome.response, cursor);
  } catch (thrown) {
    return { failed: toAppError(thrown) };
  }
}

function toPageRequest({ answerHere: _, ...message }: Message, cursor: string | null): Message {
  const { cursor: __, ...params } = message.outgoing.params as JsonObject;
  return {
    ...message,
    outgoing: { ...message.outgoing, params: cursor === null ? params : { ...params, cursor } },
  };
}

async function ask(
  { context, caller, arrival, hungUp, follow }: Gathering,
  upstream: string,
  message: Message,
): Promise<Outcome> {
  const over = new AbortController();
  const stop = () => over.abort(hungUp.reason);
  const timer = setTimeout(() => over.abort(new AppError('upstream.timed_out')), patienceMilliseconds);
  hungUp.addEventListener('abort', stop, { once: true });
  // Not everything on the way listens for the end, and the others are waiting.
  const cut = new Promise<never>((_, reject) => {
    over.signal.addEventListener('abort', () => reject(over.signal.reason), { once: true });
  });
  if (hungUp.aborted) stop();
  try {
    const asked = follow({
      ...arrival,
      id: context.platform.newId('act'),
      upstream,
      receivedAt: context.platform.now(),
      proven: caller,
      hungUp: over.signal,
      emit: () => {},
      translate: () => message,
    });
    return await Promise.race([asked, cut]);
  } finally {
    clearTimeout(timer);
    hungUp.removeEventListener('abort', stop);
  }
}

/** Together no more than one upstream could answer: what has no room is asked for again with the next page. */
function joinPages(turn: Turn, pages: readonly Page[]) {
  const items: JsonObject[] = [];
  const unlisted: JsonObject[] = [];
  const open: Turn[number][] = [];
  let bytes = 0;
  for (const [index, page] of pages.entries()) {
    const [upstream, cursor] = turn[index] ?? ['', null];
    if ('failed' in page) {
      unlisted.push({ upstream, code: page.failed.code });
      continue;
    }
    const size = Buffer.byteLength(JSON.stringify(page.items));
    if (bytes > 0 && bytes + size > defaultMaxResultBytes) {
      open.push([upstream, cursor]);
      continue;
    }
    bytes += size;
    items.push(...page.items);
    if (page.next !== null) open.push([upstream, page.next]);
  }
  return { items, unlisted, open };
}
