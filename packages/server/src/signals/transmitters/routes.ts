import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AppError } from '@countersign/api';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { createRoutes, type HttpEnv } from '../../http/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import { refuseEvent } from './read-event.ts';
import { receiveEvent } from './receive-event.ts';
import type { Transmitter } from './transmitter.ts';

const eventType = 'application/secevent+jwt';

/** Where transmitters push their events (RFC 8935), mounted at the root. */
export function createReceiveRoutes(context: Context): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  app.post('/ssf/receive/:name', async (c) => {
    try {
      const transmitter = await authenticate(context, c.req.param('name'), c.req.header('authorization'));
      const [type] = (c.req.header('content-type') ?? '').split(';');
      if (type?.trim().toLowerCase() !== eventType) throw refuseEvent('invalid_request');
      await receiveEvent(context, transmitter, await c.req.text());
      return c.body(null, 202);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'signal.event_invalid') throw thrown;
      const err = thrown.detail ?? 'invalid_request';
      const answer = { err, description: thrown.entry.caller };
      return c.json(answer, 400, { 'content-language': 'en', 'cache-control': 'no-store' });
    }
  });
  return app;
}

/** Who is none, and who shows another's token, learn the same. */
async function authenticate(
  { transmitters }: Context,
  name: string,
  authorization: string | undefined,
): Promise<Transmitter> {
  const transmitter = transmitters.get(name);
  const file = transmitter?.config.pushTokenFile;
  const shown = /^bearer +(\S{16,4096})$/i.exec(authorization ?? '')?.[1];
  if (transmitter === undefined || file === undefined || shown === undefined)
    throw refuseEvent('authentication_failed');
  const expected = (await readFile(file, 'utf8')).trim();
  const [a, b] = [Buffer.from(sha256(shown)), Buffer.from(sha256(expected))];
  if (expected.length < 16 || !timingSafeEqual(a, b)) throw refuseEvent('authentication_failed');
  return transmitter;
}
