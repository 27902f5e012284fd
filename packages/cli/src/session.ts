import type { Readable, Writable } from 'node:stream';
import { CliError } from './cli-error.ts';
import { ControlClient } from './control/control-client.ts';
import { findServerUrl, readOperatorToken } from './control/find-server.ts';
import { createPrinter, type Printer } from './output/printer.ts';

export interface Streams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

/** What every command takes besides its own options. */
export interface GlobalOptions {
  readonly url?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** What a command works with. */
export interface Session {
  readonly streams: Streams;
  readonly environment: NodeJS.ProcessEnv;
  readonly dataFolder: string;
  readonly json: boolean;
  readonly print: Printer;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  now(): number;
  /** Where the server is, as flags, environment or the data folder say. */
  serverUrl(): string;
  /** The control plane as the operator. Throws `CliError` when there is no token to be read. */
  api(): ControlClient;
}

export const defaultDataFolder = './.countersign';

export function createSession(
  options: GlobalOptions,
  parts: { streams: Streams; environment: NodeJS.ProcessEnv; signal: AbortSignal },
): Session {
  const { streams, environment, signal } = parts;
  const dataFolder = options.data ?? environment.COUNTERSIGN_DATA ?? defaultDataFolder;
  const json = options.json === true;
  let client: ControlClient | undefined;
  const serverUrl = (): string => findServerUrl(options.url ?? environment.COUNTERSIGN_URL, dataFolder);
  return {
    ...{ streams, environment, signal, dataFolder, json, serverUrl },
    print: createPrinter(streams, { json, environment }),
    now: () => Date.now(),
    api() {
      client ??= new ControlClient({ url: serverUrl(), token: () => readOperatorToken(dataFolder), signal });
      return client;
    },
  };
}

/** Reads standard input to its end. Throws `CliError` when a person would have to type it, or when it is too long. */
export async function readStandardInput({ stdin }: Streams, mostBytes: number): Promise<string> {
  if (stdin.isTTY === true) throw new CliError('nothing on standard input: pipe it in or name a file');
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
    length += bytes.length;
    if (length > mostBytes) throw new CliError(`standard input is longer than ${mostBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
