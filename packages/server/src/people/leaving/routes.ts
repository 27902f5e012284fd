import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from '../../context.ts';
import { describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { personId } from '../person-input.ts';
import { personSchema } from '../person-schema.ts';
import { leavePerson } from './leave-person.ts';
import { returnPerson } from './return-person.ts';

const params = z.object({ id: personId });
const cause = 'administrator';

/** What an administrator says of people who leave and come back. */
export function mountLeaving(app: OpenAPIHono<HttpEnv>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/leave',
      request: { params, ...describeBody(z.strictObject({ reason: plainLine(500).optional() })) },
      responses: { 200: describeJson(personSchema, 'The person now') },
    }),
    async (c) => {
      const { reason } = c.req.valid('json');
      const person = { personId: c.req.valid('param').id, cause } as const;
      const said = reason === undefined ? person : { ...person, reason };
      return c.json(await leavePerson(context, requestActor(c), said), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/return',
      request: { params },
      responses: { 200: describeJson(personSchema, 'The person now') },
    }),
    async (c) => {
      const person = { personId: c.req.valid('param').id, cause } as const;
      return c.json(await returnPerson(context, requestActor(c), person), 200);
    },
  );
}
