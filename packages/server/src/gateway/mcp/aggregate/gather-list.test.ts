import type { JsonObject } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import type { Attempt, Message, Outcome } from '../../../actions/index.ts';
import { createMasterKey } from '../../../platform/master-key.ts';
import type { PresentedToken } from '../../../tokens/index.ts';
import { type Gathering, gatherList } from './gather-list.ts';

interface Page {
  readonly resources: readonly { readonly uri: string }[];
  readonly nextCursor?: string;
  readonly _meta?: { readonly 'countersign/unlisted': readonly JsonObject[] };
}

type Answer = (upstream: string, cursor: unknown) => JsonObject | Promise<JsonObject>;

/** Upstreams that answer as told, and what becomes of a list over all of them. */
function openList(reach: readonly string[], answer: Answer) {
  let now = 1_000;
  const hangUp = new AbortController();
  const gathering: Gathering = {
    context: {
      masterKey: createMasterKey(new Uint8Array(32)),
      platform: { now: () => now, newId: () => 'act_1' } as unknown as Gathering['context']['platform'],
    },
    caller: { agentId: 'agt_1' } as PresentedToken,
    arrival: { front: 'mcp' } as Gathering['arrival'],
    hungUp: hangUp.signal,
    follow: async (attempt: Attempt) => {
      const message = attempt.translate({} as PresentedToken, {} as never);
      const { cursor } = message.outgoing.params as JsonObject;
      const response = await answer(attempt.upstream, cursor);
      return { kind: 'completed', response } as unknown as Outcome;
    },
  };
  const read = async (cursor?: string): Promise<Page> => {
    const params = cursor === undefined ? {} : { cursor };
    const outgoing = { jsonrpc: '2.0', id: 1, method: 'resources/list', params };
    const message = { method: 'resources/list', outgoing } as unknown as Message;
    const response = await gatherList(gathering, message).answerHere?.(async () => reach);
    return response?.result as unknown as Page;
  };
  return {
    read,
    hangUp,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    async readAll(): Promise<readonly Page[]> {
      const pages = [await read()];
      for (let next = pages[0]?.nextCursor; next !== undefined; next = pages.at(-1)?.nextCursor)
        pages.push(await read(next));
      return pages;
    },
  };
}

const reach = Array.from({ length: 40 }, (_, index) => `u-${String(index).padStart(2, '0')}`);
const urisOf = (pages: readonly Page[]) => pages.flatMap((page) => page.resources.map(({ uri }) => uri));
const result = (uris: readonly string[], more: object = {}): JsonObject => ({
  result: { resources: uris.map((uri) => ({ uri })), ...more },
});

describe('gatherList', () => {
  it('has every item of every upstream once, of a bounded number of upstreams at a time', async () => {
    const list = openList(reach, (_, cursor) =>
      cursor === undefined ? result(['x:1'], { nextCursor: 'é\u0000'.repeat(200) }) : result(['x:2']),
    );
    const pages = await list.readAll();
    const wanted = reach.flatMap((name) => [`countersign+${name}:x:1`, `countersign+${name}:x:2`]);
    expect(urisOf(pages).toSorted()).toEqual(wanted.toSorted());
    for (const page of pages) expect(page.resources.length).toBeLessThanOrEqual(16);
  });

  it('asks again with the next page for what had no room', async () => {
    const long = `x:${'a'.repeat(3 * 1024 * 1024)}`;
    const pages = await openList(reach.slice(0, 5), () => result([long])).readAll();
    expect(pages.map((page) => page.resources.length)).toEqual([2, 2, 1]);
  });

  it('names upstreams that do not answer as they should, and not those that have no such list', async () => {
    const answers: { readonly [upstream: string]: JsonObject } = {
      a: { error: { code: -32_601, message: 'no' } },
      b: { error: { code: -32_603, message: 'broken' } },
      c: { result: { resources: {} } },
      d: result(['x:1'], { nextCursor: 'é'.repeat(2_000) }),
      e: result(['x:1'], { nextCursor: 7 }),
      f: { result: { resources: [null] } },
      g: result(['x:1']),
      h: {},
    };
    const page = await openList(Object.keys(answers), (upstream) => answers[upstream] ?? {}).read();
    expect(urisOf([page])).toEqual(['countersign+g:x:1']);
    expect(page._meta?.['countersign/unlisted']).toEqual([
      { upstream: 'b', code: 'upstream.failed' },
      ...['c', 'd', 'e', 'f', 'h'].map((upstream) => ({ upstream, code: 'upstream.lied' })),
    ]);
    expect(page.nextCursor).toBeUndefined();
  });

  it('ends with an upstream that gives the same cursor again', async () => {
    const pages = await openList(['a'], () => result(['x:1'], { nextCursor: 'on' })).readAll();
    expect(pages).toHaveLength(2);
    expect(pages[1]?._meta).toEqual({
      'countersign/unlisted': [{ upstream: 'a', code: 'upstream.lied' }],
    });
  });

  it('takes no cursor that is too old', async () => {
    const list = openList(reach, () => result(['x:1']));
    const { nextCursor } = await list.read();
    list.pass(900_000);
    await expect(list.read(nextCursor)).rejects.toMatchObject({ code: 'action.cursor_invalid' });
  });

  it('waits for nobody once the caller has gone', async () => {
    const list = openList(['a'], () => new Promise(() => {}));
    list.hangUp.abort(new Error('gone'));
    expect((await list.read())._meta?.['countersign/unlisted']).toMatchObject([{ upstream: 'a' }]);
  });
});
