import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { type createRoutes, describeBody, describeJson, requestActor } from '../../http/index.ts';
import { nameActor, requirePermission } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { listTransmitters } from '../transmitters/list-transmitters.ts';
import { addReceiver, addReceiverInput, listReceivers, removeReceiver } from './change-receivers.ts';
import { listStreams, resumeStream } from './list-streams.ts';
import { type Receiver, receiverSettings } from './receiver.ts';

const receiver = receiverSettings.extend({
  id: idSchema('evr'),
  name: z.string(),
  createdAt: z.number(),
  createdBy: z.string(),
});
const added = receiver.extend({ token: z.string().describe('Shown once, here.') });
const stream = z.object({
  ...{ id: z.string(), receiver: z.string(), method: z.string(), address: z.string().nullable() },
  status: z.enum(['enabled', 'paused', 'disabled']),
  statusReason: z.string().nullable(),
  ...{ waiting: z.number(), oldestAt: z.number().nullable(), attempts: z.number() },
});

const transmitter = z.object({
  ...{ name: z.string(), issuer: z.string(), delivery: z.enum(['push', 'poll']) },
  events: z.record(z.string(), z.number()),
  lastAt: z.number().nullable(),
});

/** Mounted under /v1/signals. */
export function mountReceivers(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/receivers',
      responses: {
        200: describeJson(z.object({ items: z.array(receiver), next: z.null() }), 'Who is told, by name'),
      },
    }),
    async (c) => {
      const items = (await listReceivers(context, requestActor(c))).map(show);
      return c.json({ items, next: null }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/receivers',
      request: describeBody(addReceiverInput),
      responses: { 201: describeJson(added, 'The receiver, and once its token') },
    }),
    async (c) => {
      const { token, ...made } = await addReceiver(context, requestActor(c), c.req.valid('json'));
      return c.json({ ...show(made), token }, 201);
    },
  );
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/receivers/{id}',
      request: { params: z.object({ id: idSchema('evr') }) },
      responses: { 204: { description: 'Removed, and its streams with it' } },
    }),
    async (c) => {
      await removeReceiver(context, requestActor(c), c.req.valid('param'));
      return c.body(null, 204);
    },
  );
  mountStreams(app, context);
  mountTransmitters(app, context);
}

function mountTransmitters(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/transmitters',
      responses: {
        200: describeJson(z.object({ items: z.array(transmitter), next: z.null() }), 'As configured'),
      },
    }),
    async (c) => c.json({ items: [...(await listTransmitters(context, requestActor(c)))], next: null }, 200),
  );
}

function mountStreams(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/streams',
      responses: { 200: describeJson(z.object({ items: z.array(stream), next: z.null() }), 'Streams') },
    }),
    async (c) => c.json({ items: [...(await listStreams(context, requestActor(c)))], next: null }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/streams/{id}/resume',
      request: { params: z.object({ id: idSchema('evs') }) },
      responses: { 204: { description: 'It goes on' } },
    }),
    async (c) => {
      await resumeStream(context, requestActor(c), c.req.valid('param'));
      return c.body(null, 204);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/keys/rotate',
      responses: { 200: describeJson(z.object({ kid: z.string() }), 'The key that signs events now') },
    }),
    async (c) => {
      const actor = requestActor(c);
      requirePermission(actor, 'signals.change_receivers');
      return c.json({ kid: await context.events.rotate(nameActor(actor)) }, 200);
    },
  );
}

function show({ record: _, ...shown }: Receiver): z.output<typeof receiver> {
  return shown;
}
