import type { Lookup } from '../../outbound/guarded-connector.ts';
import { type BoundedAnswer, describeFailure, postBounded } from '../../outbound/post-bounded.ts';
import type { SinkOutcome } from './ledger-sink.ts';

export interface PostParts {
  readonly allowPrivate: boolean;
  readonly certificateAuthority?: string;
  readonly lookup?: Lookup;
  /** Read for each delivery, so that a change bites at once. */
  readToken?(): Promise<string>;
  /** The header that takes it whole; without one it is a bearer token. */
  readonly tokenHeader?: string;
}

export interface EventPost {
  readonly url: URL;
  readonly contentType: string;
  readonly body: string;
  readonly signal: AbortSignal;
  /** Of an answer that is read; none is without it. */
  readonly maxBytes?: number;
}

/** POSTs events to a collector. What it says beyond its status is for `judge` alone, which gets a bounded part of it. */
export async function postEvents(
  parts: PostParts,
  post: EventPost,
  judge: (answer: BoundedAnswer) => SinkOutcome = () => ({ outcome: 'delivered' }),
): Promise<SinkOutcome> {
  const { allowPrivate, certificateAuthority, lookup } = parts;
  try {
    const answer = await postBounded({
      ...{ url: post.url, body: post.body, signal: post.signal, allowPrivate },
      headers: { 'content-type': post.contentType, ...(await writeToken(parts)) },
      ...(post.maxBytes === undefined ? {} : { maxBytes: post.maxBytes }),
      ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
      ...(lookup === undefined ? {} : { lookup }),
    });
    return answer.status >= 200 && answer.status < 300 ? judge(answer) : describeStatus(answer);
  } catch (thrown) {
    return { outcome: 'failed', why: describeFailure(thrown).why };
  }
}

/** Of these the fault is in what was sent; all others a repaired or better configured receiver may take. */
const faulty = new Set([400, 413, 415, 422]);

export function describeStatus({
  status,
  retryAfterMilliseconds,
}: Pick<BoundedAnswer, 'status' | 'retryAfterMilliseconds'>): SinkOutcome {
  const why = `the answer was ${status}`;
  if (faulty.has(status)) return { outcome: 'refused', why };
  return {
    ...{ outcome: 'failed', why },
    ...(retryAfterMilliseconds === undefined ? {} : { retryAfterMilliseconds }),
  };
}

async function writeToken({ readToken, tokenHeader }: PostParts): Promise<Record<string, string>> {
  if (readToken === undefined) return {};
  const token = await readToken();
  return tokenHeader === undefined ? { authorization: `Bearer ${token}` } : { [tokenHeader]: token };
}
