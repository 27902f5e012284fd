import { createHash, timingSafeEqual } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { AppError } from '@countersign/api';
import type { Platform } from '../platform/platform.ts';

/** Marks the token in an Authorization header, so that it is never mistaken for an access token. */
export const operatorTokenPrefix = 'cso_';

/**
 * A new token at each start in `<dataFolder>/operator.token`, readable by the process's owner alone. Gateways that share the
 * folder share the token, which the first of them makes.
 */
export async function writeOperatorToken(
  dataFolder: string,
  platform: Pick<Platform, 'randomBytes'>,
  isShared = false,
): Promise<string> {
  const token = `${operatorTokenPrefix}${Buffer.from(platform.randomBytes(32)).toString('base64url')}`;
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const path = join(dataFolder, 'operator.token');
  const beside = `${path}.new-${process.pid}`;
  await rm(beside, { force: true });
  await writeFile(beside, `${token}\n`, { mode: 0o600, flag: 'wx' });
  if (!isShared) {
    await rename(beside, path);
    return token;
  }
  // Only one of those that start together gives its token the name.
  await link(beside, path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'EEXIST') throw thrown;
  });
  await rm(beside);
  const shared = (await readFile(path, 'utf8')).trim();
  if (!/^cso_[\w-]{43}$/.test(shared))
    throw new AppError('config.invalid', { detail: `${path} holds no token` });
  return shared;
}

/**
 * True only for the right token from this machine itself. A forwarded request is refused even when the proxy runs on
 * this machine: its peer address says nothing about who asks.
 */
export function isOperator(presented: string, token: string, request: IncomingMessage | undefined): boolean {
  if (request === undefined || !isLoopback(request.socket.remoteAddress)) return false;
  if (forwardingHeaders.some((name) => request.headers[name] !== undefined)) return false;
  return timingSafeEqual(digest(presented), digest(token));
}

const forwardingHeaders = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const;

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address ?? '');
}

/** Equal lengths for the comparison, so that not even the token's length is told. */
function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
