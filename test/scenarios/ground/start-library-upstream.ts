import {
  answerPlainly,
  type PlainOptions,
  sendResult,
  startHttpUpstream,
  type Upstream,
} from '@countersign/testkit';

export interface LibraryUpstream extends Upstream {
  /** How it answers lists from now on. */
  behave(how: 'honestly' | 'with-garbage' | 'never'): void;
}

const pageSize = 2;
const resources = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ uri: `book:${name}`, name }));
const plain: PlainOptions = {
  call: () => ({
    content: [
      { type: 'resource_link', uri: 'book:a', name: 'a' },
      { type: 'text', text: 'book:a' },
    ],
    structuredContent: { uri: 'book:a' },
  }),
};

/** Lists five resources in pages, answers calls with a link to one, and lists as it is told to. */
export async function startLibraryUpstream(): Promise<LibraryUpstream> {
  let how = 'honestly';
  const answer = answerPlainly(plain);
  const upstream = await startHttpUpstream(async (request, response, message) => {
    if (message?.method === 'resources/read') {
      const { uri } = message.params ?? {};
      return sendResult(response, message, { contents: [{ uri, text: `the book ${String(uri)}` }] });
    }
    if (message?.method !== 'resources/list') return answer(request, response, message);
    if (how === 'never') return;
    if (how === 'with-garbage') return sendResult(response, message, { resources: [{ name: 'no URI' }] });
    const start = Number(message.params?.cursor ?? 0);
    const end = start + pageSize;
    sendResult(response, message, {
      resources: resources.slice(start, end),
      ...(end < resources.length ? { nextCursor: String(end) } : {}),
    });
  });
  return {
    ...upstream,
    behave(next) {
      how = next;
    },
  };
}
