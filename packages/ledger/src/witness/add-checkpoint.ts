import { decodeBase64, encodeBase64 } from '../base64.ts';

/** What a log asks of a witness (C2SP tlog-witness, add-checkpoint). */
export interface AddCheckpoint {
  /** Size of the checkpoint that the witness cosigned last; 0 when there is none. */
  readonly oldSize: number;
  /** RFC 6962 consistency proof from there to the checkpoint. */
  readonly proof: readonly Uint8Array[];
  /** The checkpoint, signed by the log. */
  readonly note: string;
}

/** A witness reads no longer body; also what it refuses before it reads it. */
export const longestSubmission = 64 * 1024;
const longestProof = 63;

/** The body of the request. */
export function formatAddCheckpoint({ oldSize, proof, note }: AddCheckpoint): string {
  return `old ${oldSize}\n${proof.map((hash) => `${encodeBase64(hash)}\n`).join('')}\n${note}`;
}

/** A request from a hostile body; undefined when it is malformed. What the note says is not looked at. */
export function parseAddCheckpoint(body: string): AddCheckpoint | undefined {
  if (body.length > longestSubmission) return undefined;
  const split = body.indexOf('\n\n');
  if (split < 0) return undefined;
  const [first = '', ...lines] = body.slice(0, split).split('\n');
  const [, digits] = /^old (0|[1-9][0-9]{0,15})$/.exec(first) ?? [];
  const oldSize = Number(digits ?? Number.NaN);
  if (!Number.isSafeInteger(oldSize) || lines.length > longestProof) return undefined;
  const proof: Uint8Array[] = [];
  for (const line of lines) {
    const hash = decodeBase64(line);
    if (hash?.length !== 32) return undefined;
    proof.push(hash);
  }
  return { oldSize, proof, note: body.slice(split + 2) };
}
