import { formatTilePath, type ReadTile } from '@countersign/ledger';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { readOperatorToken } from './find-server.ts';

/** A log that is read as tiles (C2SP tlog-tiles), hostile: nothing it says is believed here. */
export interface LogReader {
  readonly url: string;
  /** The signed note, as it comes. */
  readCheckpoint(): Promise<string>;
  readonly readTile: ReadTile;
}

const longestAnswerBytes = 1_048_576;
const longestWaitMilliseconds = 30_000;

/** The log at this prefix; without one that of the own server, as its operator. */
export function openLog(session: Session, prefix?: string): LogReader {
  const own = `${session.serverUrl()}/log/main`;
  if (prefix !== undefined && !/^https?:\/\//.test(prefix))
    throw new CliError(`${prefix} is not an http URL`);
  const url = (prefix ?? own).replace(/\/+$/, '');
  // The operator's token is for the own server alone, whoever else is asked.
  const headers = (): Record<string, string> =>
    prefix === undefined ? { authorization: `Bearer ${readOperatorToken(session.dataFolder)}` } : {};
  const read = async (path: string): Promise<Uint8Array> => {
    const signal = AbortSignal.any([session.signal, AbortSignal.timeout(longestWaitMilliseconds)]);
    try {
      const response = await fetch(`${url}/${path}`, { redirect: 'error', headers: headers(), signal });
      if (response.status === 200 && response.body !== null) return await readBounded(response.body);
      throw new CliError(`${url}/${path}: status ${response.status}`, { exitCode: exitCodes.remote });
    } catch (cause) {
      if (cause instanceof CliError || session.signal.aborted) throw cause;
      throw new CliError(`no answer from ${url}`, { exitCode: exitCodes.remote, cause });
    }
  };
  return {
    url,
    readCheckpoint: async () => new TextDecoder().decode(await read('checkpoint')),
    readTile: (tile) => read(formatTilePath(tile)),
  };
}

async function readBounded(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > longestAnswerBytes)
      throw new CliError('the log answers with too much', { exitCode: exitCodes.remote });
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
