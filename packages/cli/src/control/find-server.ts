import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';

const defaultUrl = 'http://localhost:7420';
/** Where `countersign up` leaves the address of the running server. */
export const serverUrlFile = 'server.url';

/** The server's origin: what was given, else what `countersign up` left in the data folder, else the default. */
export function findServerUrl(given: string | undefined, dataFolder: string): string {
  const text = given ?? readIfThere(join(dataFolder, serverUrlFile)) ?? defaultUrl;
  if (!URL.canParse(text)) throw new CliError(`${text} is not a URL`);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new CliError(`${text} is not an http URL`);
  return url.origin;
}

/** The token of this machine's operator, new at each start of the server. */
export function readOperatorToken(dataFolder: string): string {
  const path = join(dataFolder, 'operator.token');
  const token = readIfThere(path);
  if (token === undefined) {
    throw new CliError(`there is no operator token at ${path}`, {
      fix: 'start the server with `countersign up`, or name its data folder with --data or COUNTERSIGN_DATA',
    });
  }
  return token;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CliError(`${path} cannot be read`, {
      cause: error,
      fix: 'run as the user that runs the server',
    });
  }
}
