import { createRoute, z } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { Context } from '../../context.ts';
import { createRoutes, describeBody, describeJson, type HttpEnv, requestActor } from '../../http/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import { closeReview, getReport } from './close-review.ts';
import { beginDecision, decideItem, decideItemInput } from './decide-item.ts';
import { beginMany, beginManyInput, decideMany, decideManyInput } from './decide-many.ts';
import { decisionInput } from './decision-text.ts';
import { getItem, itemAnswer } from './item-view.ts';
import { dueAnswer, listDue } from './list-due.ts';
import { openReview, openReviewInput } from './open-review.ts';
import {
  getReview,
  listReviews,
  listReviewsInput,
  reviewAnswer,
  reviewDetailAnswer,
  reviewPageAnswer,
} from './review-view.ts';
import { getSchedule, scheduleAnswer, scheduleReviews, scheduleReviewsInput } from './schedule-reviews.ts';
import { beginUndo, undoInput, undoItem } from './undo-item.ts';

const params = z.object({ id: idSchema('rev') });
const itemParams = z.object({ id: idSchema('rvi') });
const signedReview = z.object({
  report: z.unknown().describe('countersign-access-review/1'),
  note: z.string(),
  vkey: z.string(),
});
const challenge = { 200: { description: 'PublicKeyCredentialRequestOptionsJSON of WebAuthn Level 3' } };
const nothing = z.strictObject({});

/** Everything under /v1/reviews. */
export function reviewRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  mountSchedule(app, context);
  mountItems(app, context);
  app.openapi(
    createRoute({
      method: 'post',
      path: '/',
      request: describeBody(openReviewInput),
      responses: { 201: describeJson(reviewAnswer, 'The review, open') },
    }),
    async (c) => c.json(await openReview(context, requestActor(c), c.req.valid('json')), 201),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/',
      request: { query: listReviewsInput },
      responses: { 200: describeJson(reviewPageAnswer, 'Reviews, newest first') },
    }),
    async (c) => c.json(await listReviews(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/due',
      summary: 'What waits for a reviewer: open reviews, and what one person let through alone',
      responses: { 200: describeJson(dueAnswer, 'What is due first at the top') },
    }),
    async (c) => c.json({ items: await listDue(context, requestActor(c)) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}',
      request: { params },
      responses: { 200: describeJson(reviewDetailAnswer, 'The review with its items, the gravest first') },
    }),
    async (c) => c.json(await getReview(context, requestActor(c), c.req.valid('param').id), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/close',
      request: { params, ...describeBody(nothing) },
      responses: { 200: describeJson(signedReview, 'What came of it, signed') },
    }),
    async (c) => c.json({ ...(await closeReview(context, requestActor(c), c.req.valid('param').id)) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/{id}/report',
      request: { params },
      responses: { 200: describeJson(signedReview, 'What came of a closed review, signed') },
    }),
    async (c) => c.json({ ...(await getReport(context, requestActor(c), c.req.valid('param').id)) }, 200),
  );
  mountMany(app, context);
  return app;
}

function mountSchedule(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/schedule',
      responses: { 200: describeJson(scheduleAnswer, 'When reviews open by themselves') },
    }),
    async (c) => c.json({ schedule: await getSchedule(context, requestActor(c)) }, 200),
  );
  app.openapi(
    createRoute({
      method: 'put',
      path: '/schedule',
      request: describeBody(scheduleReviewsInput),
      responses: { 200: describeJson(scheduleAnswer, 'When reviews open by themselves from now on') },
    }),
    async (c) =>
      c.json({ schedule: await scheduleReviews(context, requestActor(c), c.req.valid('json')) }, 200),
  );
}

function mountMany(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/shrink/challenge',
      summary: 'What the passkey has to sign',
      request: { params, ...describeBody(beginManyInput) },
      responses: challenge,
    }),
    async (c) =>
      c.json(await beginMany(context, requestActor(c), c.req.valid('param').id, c.req.valid('json'))),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/{id}/shrink',
      summary: 'Shrink what is of tier 0 or 1 to what was used, together',
      request: { params, ...describeBody(decideManyInput) },
      responses: { 200: describeJson(z.object({ decided: z.number() }), 'How many were decided') },
    }),
    async (c) =>
      c.json(await decideMany(context, requestActor(c), c.req.valid('param').id, c.req.valid('json')), 200),
  );
}

function mountItems(app: ReturnType<typeof createRoutes>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/items/{id}',
      request: { params: itemParams },
      responses: { 200: describeJson(itemAnswer, 'What was granted and what was done with it') },
    }),
    async (c) => c.json(await getItem(context, requestActor(c), c.req.valid('param').id), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/items/{id}/challenge',
      summary: 'What the passkey has to sign',
      request: { params: itemParams, ...describeBody(decisionInput) },
      responses: challenge,
    }),
    async (c) =>
      c.json(await beginDecision(context, requestActor(c), c.req.valid('param').id, c.req.valid('json'))),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/items/{id}/decide',
      summary: 'Decide exactly what was shown',
      request: { params: itemParams, ...describeBody(decideItemInput) },
      responses: { 200: describeJson(itemAnswer, 'The item now') },
    }),
    async (c) =>
      c.json(await decideItem(context, requestActor(c), c.req.valid('param').id, c.req.valid('json')), 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/items/{id}/undo/challenge',
      summary: 'What the passkey has to sign to give it back',
      request: { params: itemParams, ...describeBody(nothing) },
      responses: challenge,
    }),
    async (c) => c.json(await beginUndo(context, requestActor(c), c.req.valid('param').id)),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/items/{id}/undo',
      request: { params: itemParams, ...describeBody(undoInput) },
      responses: { 200: describeJson(itemAnswer, 'The item now') },
    }),
    async (c) =>
      c.json(await undoItem(context, requestActor(c), c.req.valid('param').id, c.req.valid('json')), 200),
  );
}
