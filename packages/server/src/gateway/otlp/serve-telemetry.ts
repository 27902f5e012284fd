import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type Teller, verifyTeller } from '../../tokens/index.ts';
import { listHeaderValues } from '../mcp/index.ts';
import { Assigner } from './assign-piece.ts';
import { createTellingLimit } from './limit-telling.ts';
import { type ExportForm, readExport, readForm } from './read-export.ts';
import { ToldWriter } from './record-told.ts';
import { createTellingRedactor } from './redact-told.ts';
import { createSourceSlots, type SourceSlots } from './source-slots.ts';
import { requireRoom, type Telling, takeExport } from './take-export.ts';
import type { TelemetrySignal } from './wire/otlp-request.ts';
import { writeFailure, writeSuccess } from './write-answer.ts';

const folder = '/otlp/';
/** Each may hold a body of some megabytes, and who tells can come again. */
const mostAtOnce = 8;
const mostOfOne = 3;
const overloadedSeconds = 5;

const signals: ReadonlyMap<string, TelemetrySignal> = new Map([
  [`${folder}v1/traces`, 'traces'],
  [`${folder}v1/logs`, 'logs'],
]);

export function isForTelemetry(url: string): boolean {
  return url.startsWith(folder);
}

/**
 * Serves `/otlp/`: OTLP/HTTP 1.x for traces and logs. What is told there is recorded as told and believed nowhere: no
 * decision and no label follows from it.
 */
export function createTelemetryDoor(
  context: Context,
  standing: Readonly<Record<string, string>>,
): (request: IncomingMessage, response: ServerResponse) => void {
  const telling: Telling = {
    limit: createTellingLimit(context.platform, context.config.telemetry.piecesPerMinute),
    counter: context.told,
    assigner: new Assigner(context),
    writer: new ToldWriter(context),
    makeRedactor: createTellingRedactor(context),
  };
  const slots = createSourceSlots(mostAtOnce, mostOfOne);
  return (request, response) => {
    response.on('error', () => {});
    const headers = { ...standing, 'cache-control': 'no-store' };
    serve({ context, telling, slots, request }).then(
      ({ form, body }) => write(response, 200, { ...headers, ...typeOf(form) }, body),
      (thrown: unknown) => refuse(context, { request, response, headers }, toAppError(thrown)),
    );
  };
}

interface Arrived {
  readonly context: Context;
  readonly telling: Telling;
  readonly slots: SourceSlots;
  readonly request: IncomingMessage;
}

async function serve({
  context,
  telling,
  slots,
  request,
}: Arrived): Promise<{ form: ExportForm; body: Uint8Array }> {
  const [path = ''] = (request.url ?? '').split('?', 1);
  const signal = signals.get(path);
  if (signal === undefined) throw new AppError('task.telemetry_signal_refused');
  if (request.method !== 'POST')
    throw new AppError('action.http_method_refused', { headers: { allow: 'POST' } });
  const form = readForm(request);
  // Before anything is read: a stranger's slow body would take a place from those who may tell.
  const teller = await authenticate(context, request, path);
  requireRoom(telling, teller.source);
  return slots.run(teller.source, async () => {
    const bytes = await readExport(request);
    const rejected = await takeExport(telling, { teller, signal, form, bytes });
    return { form, body: writeSuccess(form, signal, rejected) };
  });
}

async function authenticate(context: Context, request: IncomingMessage, path: string): Promise<Teller> {
  try {
    return await verifyTeller(context, {
      authorization: listHeaderValues(request.rawHeaders, 'authorization'),
      dpop: listHeaderValues(request.rawHeaders, 'dpop'),
      certificate: context.tokens.findCertificate(request),
      method: request.method ?? '',
      url: `${context.config.server.publicUrl}${path}`,
    });
  } catch (thrown) {
    // Noise of callers that nobody knows cannot flood the ledger.
    context.unauthenticated.count(toAppError(thrown).code, 'telemetry');
    throw thrown;
  }
}

interface Refusing {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
}

/** The body of the request may be unread, so the connection ends. */
function refuse(context: Context, { request, response, headers }: Refusing, error: AppError): void {
  if (error.code === 'server.internal') context.log.error({ err: error.cause ?? error }, 'telemetry failed');
  const { status } = error.entry;
  const form: ExportForm =
    request.headers['content-type']?.includes('protobuf') === true ? 'protobuf' : 'json';
  const again = status === 503 || status === 429 ? { 'retry-after': String(overloadedSeconds) } : {};
  const told = { 'x-countersign-error': error.code, connection: 'close' };
  write(
    response,
    status,
    { ...headers, ...again, ...lower(error.headers), ...told, ...typeOf(form) },
    writeFailure(form, error),
  );
}

function lower(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function typeOf(form: ExportForm): { readonly 'content-type': string } {
  return { 'content-type': form === 'json' ? 'application/json' : 'application/x-protobuf' };
}

function write(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): void {
  if (response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(body);
}
