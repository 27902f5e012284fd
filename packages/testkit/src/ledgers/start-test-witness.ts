import { createHash } from 'node:crypto';
import {
  type Checkpoint,
  cosignText,
  judgeSubmission,
  openSubmission,
  parseVerifierKey,
  type VerifierKey,
  type WitnessSigner,
} from '@countersign/ledger';
import { type LoopbackServer, serveLoopback } from '../issuers/serve-loopback.ts';
import { makeTestWitness } from './grow-test-log.ts';

/** What a witness answers in the place of the truth; undefined for the truth. */
export type WitnessMischief = (asked: {
  readonly path: string;
  readonly body: string;
}) =>
  | { readonly status: number; readonly body: string; readonly headers?: Record<string, string> }
  | undefined;

export interface TestWitness extends LoopbackServer {
  readonly signer: WitnessSigner;
  /** What it cosigned last. */
  last: (Pick<Checkpoint, 'size' | 'root'> & { readonly note: string }) | undefined;
  mischief: WitnessMischief | undefined;
  /** Requests it has heard. */
  heard: number;
}

/** A witness of one log in memory, honest unless told otherwise. `now` is epoch milliseconds. */
export async function startTestWitness(
  vkey: string,
  { name = 'witness.test/one', now = Date.now } = {},
): Promise<TestWitness> {
  const signer = makeTestWitness(name);
  const key = parseVerifierKey(vkey);
  if (key === undefined) throw new Error('no verifier key');
  const logs = new Map<string, VerifierKey>([[key.name, key]]);
  const hash = createHash('sha256').update(key.name).digest('hex');
  const answer = (path: string, body: string) => {
    witness.heard += 1;
    const lie = witness.mischief?.({ path, body });
    if (lie !== undefined) return lie;
    if (path === `/${hash}/checkpoint` && witness.last !== undefined)
      return { status: 200, body: witness.last.note };
    if (path !== '/add-checkpoint') return { status: 404, body: '' };
    const submission = openSubmission(body, logs);
    const refusal = 'kind' in submission ? submission : judgeSubmission(submission, witness.last);
    if (refusal?.kind === 'conflict') return { status: 409, body: `${refusal.size}\n` };
    if (refusal !== undefined || 'kind' in submission) return { status: refusal?.status ?? 500, body: '' };
    const { checkpoint, note, parsed } = submission;
    const line = cosignText(parsed.text, signer, Math.floor(now() / 1000));
    witness.last = { size: checkpoint.size, root: checkpoint.root, note: `${note}${line}` };
    return { status: 200, body: line };
  };
  const server = await serveLoopback((request, body, response) => {
    const { status, body: text, headers } = { headers: {}, ...answer(request.url ?? '', body) };
    response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(text);
  });
  const witness: TestWitness = {
    ...server,
    signer,
    last: undefined,
    mischief: undefined,
    heard: 0,
  };
  return witness;
}
