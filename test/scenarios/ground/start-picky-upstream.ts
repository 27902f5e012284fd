import { answerPlainly, sendJson, startHttpUpstream, type Upstream } from '@countersign/testkit';

/** An upstream that takes some keys in `x-api-key` and no others, and can be told how it refuses. */
export interface PickyUpstream extends Upstream {
  /** From now on. */
  accept(...keys: readonly string[]): void;
  refuseWith(status: number): void;
  /** The keys of the tool calls that arrived, in order. */
  keys(): readonly (string | undefined)[];
}

export async function startPickyUpstream(isTaken?: (key: string) => boolean): Promise<PickyUpstream> {
  let accepted: readonly string[] = [];
  let status = 401;
  const answer = answerPlainly({
    call: (_, args) => ({ content: [{ type: 'text', text: `${JSON.stringify(args)} ${accepted.join()}` }] }),
  });
  const upstream = await startHttpUpstream(async (request, response, message) => {
    const key = String(request.headers['x-api-key']);
    const isGood = isTaken?.(key) ?? accepted.includes(key);
    if (!isGood) return sendJson(response, { error: 'a key is needed' }, status);
    await answer(request, response, message);
  });
  return {
    ...upstream,
    accept(...keys) {
      accepted = keys;
    },
    refuseWith(next) {
      status = next;
    },
    keys: () => upstream.journal.calls().map(({ headers }) => headers['x-api-key']),
  };
}
