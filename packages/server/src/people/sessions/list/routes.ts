import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from '../../../context.ts';
import { describeJson, type HttpEnv, requestActor } from '../../../http/index.ts';
import { personId } from '../../person-input.ts';
import {
  endAllSessions,
  endedSessions,
  endSession,
  listSessions,
  sessionId,
  sessionList,
} from './list-sessions.ts';

const ofPerson = z.object({ id: personId });
const ofSession = z.object({ session: sessionId });

/** The sessions of the person who asks under `/me`, and of anybody under `/{id}`. */
export function mountSessionList(app: OpenAPIHono<HttpEnv>, context: Context): void {
  const listed = { 200: describeJson(sessionList, 'Open sessions, the newest first') };
  const ended = { 200: describeJson(endedSessions, 'How many ended') };
  app.openapi(createRoute({ method: 'get', path: '/me/sessions', responses: listed }), async (c) =>
    c.json(await listSessions(context, requestActor(c)), 200),
  );
  app.openapi(createRoute({ method: 'post', path: '/me/sessions/end', responses: ended }), async (c) =>
    c.json(await endAllSessions(context, requestActor(c)), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/me/sessions/{session}/end',
      request: { params: ofSession },
      responses: ended,
    }),
    async (c) => {
      const { session } = c.req.valid('param');
      return c.json(await endSession(context, requestActor(c), { sessionId: session }), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}/sessions',
      request: { params: ofPerson },
      responses: listed,
    }),
    async (c) => c.json(await listSessions(context, requestActor(c), c.req.valid('param').id), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/sessions/end',
      request: { params: ofPerson },
      responses: ended,
    }),
    async (c) => c.json(await endAllSessions(context, requestActor(c), c.req.valid('param').id), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/sessions/{session}/end',
      request: { params: ofPerson.extend(ofSession.shape) },
      responses: ended,
    }),
    async (c) => {
      const { id, session } = c.req.valid('param');
      return c.json(await endSession(context, requestActor(c), { personId: id, sessionId: session }), 200);
    },
  );
}
