import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { AppError } from '@countersign/api';
import { nameStream, parseTilePath } from '@countersign/ledger';
import type { Hono, Context as HttpContext } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, type HttpEnv, requestActor } from '../../http/index.ts';
import { requirePermission } from '../../people/index.ts';
import { findPublished } from '../checkpoints/find-checkpoint.ts';
import { findStream } from '../checkpoints/name-ledger.ts';
import { readTile } from './read-tile.ts';

const compress = promisify(gzip);
const checkpointSeconds = 2;
const year = 31_536_000;

/**
 * The log as others' tools read it (C2SP tlog-tiles), at /log/<stream>: the newest checkpoint, and the tiles and entries
 * under it. Read only, and nothing of what records say: entries hold commitments.
 */
export function tileRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  const { store, config } = context;
  const isPublic = config.ledger.tiles === 'public';
  /** The number of the stream that is asked for. */
  const requireReader = async (c: HttpContext): Promise<number> => {
    if (!isPublic) requirePermission(requestActor(c), 'ledger.read');
    return (await findStream(store, c.req.param('stream'))).number;
  };
  const keep = (directives: string) => ({
    'cache-control': `${isPublic ? 'public' : 'private'}, ${directives}`,
    ...(isPublic ? { 'access-control-allow-origin': '*' } : { vary: 'authorization, cookie' }),
  });
  app.get('/:stream/checkpoint', async (c) => {
    const stream = await requireReader(c);
    const { note } = await findPublished(context, stream);
    const headers = { 'content-type': 'text/plain; charset=utf-8', ...keep(`max-age=${checkpointSeconds}`) };
    return c.body(note, 200, headers);
  });
  app.get('/:stream/tile/*', async (c) => {
    const stream = await requireReader(c);
    const tile = parseTilePath(c.req.path.slice(`/log/${nameStream(stream)}/`.length));
    if (tile === undefined) throw new AppError('server.not_found');
    const bytes = await readTile(store.sql, stream, tile);
    const headers = {
      'content-type': 'application/octet-stream',
      ...keep(`max-age=${year}, immutable`),
    };
    // Hashes do not compress; entries are text.
    const isSmaller = tile.level === 'entries' && acceptsGzip(c.req.header('accept-encoding'));
    if (!isSmaller) return c.body(Uint8Array.from(bytes), 200, headers);
    return c.body(Uint8Array.from(await compress(bytes)), 200, { ...headers, 'content-encoding': 'gzip' });
  });
  app.all('/*', (c) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') throw new AppError('server.not_found');
    return c.body(null, 405, { allow: 'GET, HEAD' });
  });
  return app;
}

function acceptsGzip(accepted = ''): boolean {
  return accepted.split(',').some((coding) => /^\s*gzip\s*$/i.test(coding));
}
