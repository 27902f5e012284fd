import { z } from 'zod';

export const channelsSchema = z.object({
  channels: z
    .array(
      z.object({
        name: z.string(),
        kind: z.string(),
        reach: z.enum(['person', 'place']),
        owed: z.number().describe('Cards that are to be shown and are not yet'),
        owedSince: z.number().nullable(),
        failed: z.number().describe('Cards that were given up'),
        lastFailure: z.string().nullable(),
      }),
    )
    .readonly(),
});

export const deviceSchema = z.object({ id: z.string(), device: z.string(), createdAt: z.number() });

export const devicesSchema = z.object({
  key: z.string().describe('applicationServerKey of the Push API'),
  devices: z.array(deviceSchema).readonly(),
});

export const personChannelsSchema = z.object({
  personId: z.string(),
  channels: z
    .array(
      z.object({
        name: z.string(),
        kind: z.string(),
        on: z.boolean(),
        isDefault: z.boolean().describe('Nothing was said: it is what their roles get'),
        address: z.string().nullable(),
        reachable: z.boolean().describe('The address is proven, or a device is there'),
      }),
    )
    .readonly(),
  devices: z.array(deviceSchema).readonly(),
});

export const noticesSchema = z.object({
  items: z
    .array(
      z.object({
        id: z.string(),
        about: z.string(),
        sentence: z.string(),
        status: z.string(),
        state: z.string(),
        isFinal: z.boolean(),
        link: z.string(),
        deadline: z.number().nullable(),
        matchCode: z.string().nullable(),
        approvalId: z.string().nullable(),
        news: z.string(),
        createdAt: z.number(),
        changedAt: z.number(),
      }),
    )
    .readonly(),
  next: z.string().nullable(),
});
