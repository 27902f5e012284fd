import { AppError } from '@countersign/api';
import { parseStrictJson } from '@countersign/core';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context as HttpContext } from 'hono';
import type { Context } from '../../../context.ts';
import { createRoutes, type HttpEnv } from '../../../http/index.ts';
import { changeStream, createStream, deleteStream } from '../configure-stream.ts';
import { pollEvents } from '../poll-events.ts';
import { authenticateReceiver, type Receiver, type ReceiverScope } from '../receiver.ts';
import {
  eventsSupported,
  getStream,
  listDelivered,
  pollMethod,
  pushMethod,
  readStream,
  type Stream,
} from '../stream.ts';
import { getStreamStatus, setStreamStatus } from '../stream-status.ts';
import { changeSubject } from '../stream-subjects.ts';
import { shortestVerificationSeconds, verifyStream } from '../verify-stream.ts';

/** OpenID Shared Signals Framework 1.0: what a transmitter publishes and lets its receivers do; mounted at the root. */
export function createStreamRoutes(context: Context): OpenAPIHono<HttpEnv> {
  const app = createRoutes();
  const issuer = context.config.server.publicUrl;
  const allow = async (c: HttpContext, scope: ReceiverScope): Promise<Receiver> => {
    c.header('cache-control', 'no-store');
    return authenticateReceiver(context, c.req.header('authorization'), scope);
  };
  app.get('/.well-known/ssf-configuration', (c) =>
    c.json(describeTransmitter(issuer), 200, { 'cache-control': 'max-age=60' }),
  );
  app.get('/ssf/jwks', async (c) =>
    c.json(await context.events.publish(), 200, { 'cache-control': 'max-age=60' }),
  );
  mountConfiguration(app, context, allow);
  app.get('/ssf/status', async (c) => {
    const receiver = await allow(c, 'ssf.read');
    return c.json(await getStreamStatus(context, receiver, c.req.query('stream_id') ?? ''), 200);
  });
  app.post('/ssf/status', async (c) => {
    const receiver = await allow(c, 'ssf.manage');
    return c.json(await setStreamStatus(context, receiver, await readBody(c)), 200);
  });
  app.post('/ssf/subjects/add', async (c) => {
    await changeSubject(context, await allow(c, 'ssf.manage'), await readBody(c), 'add');
    return c.body(null, 200);
  });
  app.post('/ssf/subjects/remove', async (c) => {
    await changeSubject(context, await allow(c, 'ssf.manage'), await readBody(c), 'remove');
    return c.body(null, 204);
  });
  app.post('/ssf/verification', async (c) => {
    await verifyStream(context, await allow(c, 'ssf.manage'), await readBody(c));
    return c.body(null, 204);
  });
  app.post('/ssf/poll/:stream', async (c) => {
    const receiver = await allow(c, 'ssf.read');
    const asked = { streamId: c.req.param('stream'), input: await readBody(c), signal: c.req.raw.signal };
    return c.json(await pollEvents(context, receiver, asked), 200);
  });
  return app;
}

function mountConfiguration(
  app: OpenAPIHono<HttpEnv>,
  context: Context,
  allow: (c: HttpContext, scope: ReceiverScope) => Promise<Receiver>,
): void {
  const issuer = context.config.server.publicUrl;
  const path = '/ssf/streams';
  app.get(path, async (c) => {
    const receiver = await allow(c, 'ssf.read');
    const streamId = c.req.query('stream_id');
    if (streamId !== undefined)
      return c.json(
        describeStream(issuer, receiver, await getStream(context.store.sql, receiver, streamId)),
        200,
      );
    const rows = await context.store.sql
      .selectFrom('signal_streams')
      .selectAll()
      .where('receiver_id', '=', receiver.id)
      .orderBy('id')
      .execute();
    return c.json(
      rows.map((row) => describeStream(issuer, receiver, readStream(row))),
      200,
    );
  });
  app.post(path, async (c) => {
    const receiver = await allow(c, 'ssf.manage');
    return c.json(
      describeStream(issuer, receiver, await createStream(context, receiver, await readBody(c))),
      201,
    );
  });
  for (const [method, how] of [
    ['PATCH', 'update'],
    ['PUT', 'replace'],
  ] as const) {
    app.on(method, path, async (c) => {
      const receiver = await allow(c, 'ssf.manage');
      const changed = await changeStream(context, receiver, await readBody(c), how);
      return c.json(describeStream(issuer, receiver, changed), 200);
    });
  }
  app.delete(path, async (c) => {
    await deleteStream(context, await allow(c, 'ssf.manage'), c.req.query('stream_id') ?? '');
    return c.body(null, 204);
  });
}

const bodyLimits = { bytes: 262_144, depth: 8, keys: 4_096, stringLength: 8_192 };

/** Hostile until a verb has parsed it. Throws `server.request_invalid`. */
async function readBody(c: HttpContext): Promise<unknown> {
  const parsed = parseStrictJson(await c.req.text(), bodyLimits);
  if (!parsed.ok) throw new AppError('server.request_invalid', { detail: parsed.code });
  return parsed.value;
}

/** SSF 1.0 §7.1. */
function describeTransmitter(issuer: string) {
  return {
    spec_version: '1_0',
    issuer,
    jwks_uri: `${issuer}/ssf/jwks`,
    delivery_methods_supported: [pushMethod, pollMethod],
    configuration_endpoint: `${issuer}/ssf/streams`,
    status_endpoint: `${issuer}/ssf/status`,
    add_subject_endpoint: `${issuer}/ssf/subjects/add`,
    remove_subject_endpoint: `${issuer}/ssf/subjects/remove`,
    verification_endpoint: `${issuer}/ssf/verification`,
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6750' }],
    default_subjects: 'NONE',
  };
}

/** SSF 1.0 §8.1.1; the Authorization header that a receiver gave is never shown again. */
function describeStream(issuer: string, { audience }: Receiver, stream: Stream) {
  const { id, delivery, eventsRequested, description } = stream;
  const address = delivery.method === pushMethod ? delivery.endpointUrl : `${issuer}/ssf/poll/${id}`;
  return {
    stream_id: id,
    iss: issuer,
    aud: audience,
    delivery: { method: delivery.method, endpoint_url: address },
    events_supported: eventsSupported,
    ...(eventsRequested === null ? {} : { events_requested: eventsRequested }),
    events_delivered: listDelivered(stream),
    min_verification_interval: shortestVerificationSeconds,
    ...(description === null ? {} : { description }),
  };
}
