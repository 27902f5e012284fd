import { z } from 'zod';
import { pageSchema } from '../wire/page.ts';
import { stopScopes } from './stops.ts';

/** What the API says of stops. */
export const stopAnswer = z.object({
  id: z.string(),
  scope: z.enum(stopScopes),
  target: z.string(),
  by: z.string(),
  reason: z.string(),
  at: z.number(),
  liftedAt: z.number().nullable(),
});

export const stopPageAnswer = pageSchema(stopAnswer);
export const stoppedAnswer = z.object({ stop: stopAnswer, cut: z.array(z.string()).readonly() });
