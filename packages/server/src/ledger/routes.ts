import { AppError } from '@countersign/api';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Context } from '../context.ts';
import { createRoutes, describeJson, type HttpEnv, requestActor } from '../http/index.ts';
import { mountCausality } from './causality/index.ts';
import { listSignedStreams, signedStreamsSchema } from './checkpoints/list-signed-streams.ts';
import { mountPrivacy } from './erasure/routes.ts';
import { exportLedger, exportLedgerInput } from './export-ledger.ts';
import { getCheckpoint, getCheckpointInput } from './get-checkpoint.ts';
import { consistencySchema, getConsistency, getConsistencyInput } from './get-consistency.ts';
import { getRecord, getRecordInput } from './get-record.ts';
import { mountQueries } from './queries/routes.ts';
import { mountReaders } from './reads/index.ts';
import { checkpointSchema, provenRecordSchema, recordPageSchema } from './record-schema.ts';
import { getIndexProgress, indexProgressAnswer } from './search/get-index-progress.ts';
import { readFormat, sendFound } from './search/send-found.ts';
import { searchLedger } from './search-ledger.ts';
import { searchLedgerInput } from './search-ledger-input.ts';
import { streamLines } from './stream-lines.ts';
import { tailLedger, tailLedgerInput } from './tail-ledger.ts';
import { listWitnesses, witnessesSchema } from './witnesses/list-witnesses.ts';

const mostStreams = 100;
const heartbeatMs = 15_000;
/** Then the reader comes again by itself, with a session that is checked again. */
const longestStreamMs = 5 * 60_000;

/** Everything under /v1/ledger. */
export function ledgerRoutes(context: Context): Hono<HttpEnv> {
  const app = createRoutes();
  app.get('/', async (c, next) => {
    const format = readFormat(c.req.header('accept'));
    if (format === undefined) return next();
    const search = searchLedgerInput.parse(c.req.query());
    return sendFound(context, requestActor(c), { search, format });
  });
  app.openapi(
    createRoute({
      method: 'get',
      path: '/',
      request: { query: searchLedgerInput },
      responses: {
        200: describeJson(
          recordPageSchema,
          'Records that match, newest first. Asked for as text/csv or application/x-ndjson all of them, as they are found',
        ),
      },
    }),
    async (c) => c.json(await searchLedger(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/checkpoint',
      request: { query: getCheckpointInput },
      responses: {
        200: describeJson(checkpointSchema, 'A signed tree head over every record (C2SP tlog-checkpoint)'),
      },
    }),
    async (c) => c.json(await getCheckpoint(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/records/{id}',
      request: { params: getRecordInput },
      responses: { 200: describeJson(provenRecordSchema, 'The record with its inclusion proof (RFC 6962)') },
    }),
    async (c) => c.json(await getRecord(context, requestActor(c), c.req.valid('param')), 200),
  );
  mountCausality(app, context);
  mountReaders(app, context);
  mountProofs(app, context);
  mountQueries(app, context);
  mountPrivacy(app, context);
  mountExport(app, context);
  mountStream(app, context);
  return app;
}

function mountProofs(app: OpenAPIHono<HttpEnv>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/consistency',
      request: { query: getConsistencyInput },
      responses: {
        200: describeJson(consistencySchema, 'That one tree is the start of another (RFC 6962 §2.1.2)'),
      },
    }),
    async (c) => c.json(await getConsistency(context, requestActor(c), c.req.valid('query')), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/streams',
      responses: {
        200: describeJson(signedStreamsSchema, 'The streams of the ledger, and the keys that verify them'),
      },
    }),
    async (c) => c.json(await listSignedStreams(context, requestActor(c)), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/index',
      responses: { 200: describeJson(indexProgressAnswer, 'What the search does not reach yet') },
    }),
    async (c) => c.json(await getIndexProgress(context, requestActor(c)), 200),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: '/witnesses',
      responses: { 200: describeJson(witnessesSchema, 'Who cosigns checkpoints, and how they fare') },
    }),
    async (c) => c.json(await listWitnesses(context, requestActor(c)), 200),
  );
}

function mountExport(app: OpenAPIHono<HttpEnv>, context: Context): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/export',
      request: { query: exportLedgerInput },
      responses: { 200: { description: 'An export: JSON lines, one a record (application/jsonl)' } },
    }),
    async (c) => {
      const lines = await exportLedger(context, requestActor(c), c.req.valid('query'));
      const headers = {
        'content-type': 'application/jsonl; charset=utf-8',
        'content-disposition': 'attachment; filename="countersign-ledger.jsonl"',
      };
      return new Response(streamLines(lines), { headers });
    },
  );
}

/** GET /stream: each record as a server-sent event whose id is its place, so that a reader goes on where it stopped. */
function mountStream(app: OpenAPIHono<HttpEnv>, context: Context): void {
  let streams = 0;
  app.openapi(
    createRoute({
      method: 'get',
      path: '/stream',
      request: { query: tailLedgerInput },
      responses: {
        200: { description: 'Server-sent events: `record` with the record, `heartbeat` with nothing' },
      },
    }),
    async (c) => {
      const { q } = c.req.valid('query');
      const after = c.req.header('last-event-id') ?? c.req.valid('query').after;
      const gone = new AbortController();
      const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(longestStreamMs)]);
      const input = tailLedgerInput.parse({
        ...(after === undefined ? {} : { after }),
        ...(q === undefined ? {} : { q }),
      });
      const tail = await tailLedger(context, requestActor(c), input, { signal, idleMs: heartbeatMs });
      if (streams >= mostStreams) throw new AppError('server.overloaded');
      streams += 1;
      return streamSSE(c, async (stream) => {
        stream.onAbort(() => gone.abort());
        try {
          await stream.writeSSE({ event: 'heartbeat', data: '' });
          for await (const records of tail) {
            if (stream.aborted) break;
            if (records.length === 0) await stream.writeSSE({ event: 'heartbeat', data: '' });
            for (const { place, record } of records) {
              await stream.writeSSE({
                event: 'record',
                id: place,
                data: JSON.stringify(record),
              });
            }
          }
        } finally {
          streams -= 1;
        }
      });
    },
  );
}
