import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { addDevice, addDeviceInput, listDevices, type PushDevices, removeDevice } from './devices/index.ts';
import { listChannels } from './list-channels.ts';
import { listNotices, listNoticesInput } from './list-notices.ts';
import {
  channelsSchema,
  deviceSchema,
  devicesSchema,
  noticesSchema,
  personChannelsSchema,
} from './notice-schema.ts';
import {
  proveAddress,
  proveAddressInput,
  setChannel,
  setChannelInput,
  showChannels,
} from './preferences/index.ts';
import { testChannel } from './test-channel.ts';

const channelName = z.object({ name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/) });
const personParams = z.object({ id: z.string().regex(/^per_[0-9A-Z]{26}$/) });
const ownChannel = personParams.extend({ name: channelName.shape.name });

/** Channels, devices and the inbox, under /v1/approvals; mounted before what takes an id there. */
export function noticeRoutes(context: Context, push: Pick<PushDevices, 'readKey'>): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/channels',
      responses: { 200: describeJson(channelsSchema, 'The channels of this server and how they stand') },
    }),
    async (c) => c.json({ channels: await listChannels(context, requestActor(c)) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/channels/{name}/test',
      request: {
        params: channelName,
        ...describeBody(z.strictObject({ personId: personParams.shape.id.optional() })),
      },
      responses: { 204: { description: 'A test card went out' } },
    }),
    async (c) => {
      const { personId } = c.req.valid('json');
      const card = { channel: c.req.valid('param').name, ...(personId === undefined ? {} : { personId }) };
      await testChannel(context, requestActor(c), card);
      return c.body(null, 204);
    },
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/notices',
      request: { query: listNoticesInput },
      responses: { 200: describeJson(noticesSchema, 'One’s own inbox, newest first') },
    }),
    async (c) => c.json(await listNotices(context, requestActor(c), c.req.valid('query')), 200),
  );
  mountDevices(app, context, push);
  return app;
}

function mountDevices(
  app: ReturnType<typeof createRoutes>,
  context: Context,
  push: Pick<PushDevices, 'readKey'>,
): void {
  const listSchema = z.object({ devices: z.array(deviceSchema).readonly() });
  app.openapi(
    createRoute({
      method: 'get',
      path: '/devices',
      responses: { 200: describeJson(devicesSchema, 'One’s own devices, and the key to add this one') },
    }),
    async (c) => {
      const actor = requestActor(c);
      const devices = actor.kind === 'person' ? await listDevices(context.store.sql, actor.person) : [];
      return c.json({ key: (await push.readKey()).publicKey, devices }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/devices',
      request: describeBody(addDeviceInput),
      responses: { 201: describeJson(listSchema, 'One’s own devices') },
    }),
    async (c) => c.json({ devices: await addDevice(context, requestActor(c), c.req.valid('json')) }, 201),
  );
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/devices/{id}',
      request: { params: z.object({ id: z.string().regex(/^psh_[0-9A-Z]{26}$/) }) },
      responses: { 200: describeJson(listSchema, 'The devices that are left') },
    }),
    async (c) =>
      c.json({ devices: await removeDevice(context, requestActor(c), c.req.valid('param').id) }, 200),
  );
}

/** Where a person is told, under /v1/people. */
export function personChannelRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}/channels',
      request: { params: personParams },
      responses: { 200: describeJson(personChannelsSchema, 'Where the person is told') },
    }),
    async (c) => c.json(await showChannels(context, requestActor(c), c.req.valid('param').id), 200),
  );
  app.openapi(
    createRoute({
      method: 'put',
      path: '/{id}/channels/{name}',
      request: {
        params: ownChannel,
        ...describeBody(setChannelInput.omit({ personId: true, channel: true })),
      },
      responses: { 200: describeJson(personChannelsSchema, 'Where the person is told now') },
    }),
    async (c) => {
      const { id: personId, name: channel } = c.req.valid('param');
      return c.json(
        await setChannel(context, requestActor(c), { personId, channel, ...c.req.valid('json') }),
        200,
      );
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/channels/{name}/proof',
      request: { params: ownChannel, ...describeBody(proveAddressInput.pick({ code: true })) },
      responses: { 200: describeJson(personChannelsSchema, 'Where the person is told now') },
    }),
    async (c) => {
      const { id: personId, name: channel } = c.req.valid('param');
      return c.json(
        await proveAddress(context, requestActor(c), { personId, channel, ...c.req.valid('json') }),
        200,
      );
    },
  );
  return app;
}
