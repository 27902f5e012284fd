// Guarantees: what goes back is a reply the protocol knows, without any credential of ours, private to this caller, and
// no more than the policies that allowed the call let through.
import { AppError } from '@countersign/api';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type MetObligations,
  NOTHING_MET,
  shapesResult,
} from '@countersign/core';
import type { Context } from '../context.ts';
import {
  type ApiExchange,
  type ApiReply,
  type BodySink,
  createBodyRedactor,
  redactSecrets,
} from '../upstreams/index.ts';
import { fitResult } from './fit-result.ts';
import { type BodyLearner, learnBody, learnMessage, learnResult } from './learn-result.ts';
import { admitChunk, measureResult } from './measure-result.ts';
import { meetInHeaders, meetInterim } from './meet-interim.ts';
import type { Armed, Forwarded, Inspected } from './stages.ts';
import { addNotices, readNotices, writeNoticeHeaders } from './write-notices.ts';

/** The notifications an upstream may send towards an agent; anything else is dropped, not passed through. */
const knownNotifications = new Set([
  'notifications/progress',
  'notifications/message',
  'notifications/cancelled',
  'notifications/subscriptions/acknowledged',
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/resources/list_changed',
  'notifications/resources/updated',
  'notifications/tasks',
]);

export function inspectResult(_context: Context, forwarded: Forwarded): Inspected {
  const { response, raw } = forwarded.reply;
  if (response === null) {
    const brought = measureResult(forwarded, { response, raw: null, data: null });
    const nothing = { response, raw: null, http: null, redactions: 0, met: NOTHING_MET };
    return { ...forwarded, ...nothing, brought } as Inspected;
  }
  const { value, redacted } = redactSecrets(response, forwarded.secretValues);
  const { message, ruling, reservation, interim } = forwarded;
  // What the door itself answers speaks as us, rightly.
  const reply = message.answerHere === undefined ? cleanReply(value as JsonObject) : (value as JsonObject);
  const fitted = { operation: message.operation, owed: ruling.obligations, reservation, interim };
  const seen = fitResult(fitted, reply);
  const clean = addNotices(seen.response, ruling.notices);
  const untouched = redacted === 0 && clean === value;
  const http = cleanHead(forwarded, clean, seen.met);
  const redactions = redacted + http.redacted;
  const shown = { response: clean, raw: untouched ? raw : null };
  const brought = measureResult(forwarded, { ...shown, data: seen.data });
  learnResult(forwarded, seen.data ?? seen.response);
  if (http.reply?.body !== 'passed') forwarded.told?.settle(clean);
  return { ...forwarded, ...shown, http: http.reply, redactions, met: seen.met, brought } as Inspected;
}

/** An interim message as the caller may see it; null when it must not pass. */
export function inspectMessage(armed: Armed, message: JsonObject): JsonObject | null {
  const method = message.method;
  if (typeof method !== 'string' || !knownNotifications.has(method) || 'id' in message) return null;
  const seen = redactSecrets(message, armed.secretValues).value as JsonObject;
  const clean = isJsonObject(seen.params) ? { ...seen, params: dropOurMeta(seen.params) } : seen;
  const shown = meetInterim(clean, armed.ruling.obligations);
  if (shown !== null) learnMessage(armed, shown);
  return shown;
}

/** Room for a body that is passed on as it comes, with our credentials taken out of it. */
export function inspectExchange(armed: Armed, exchange: ApiExchange): ApiExchange {
  const { secretValues, ruling } = armed;
  const pass = async (sink: BodySink, learner: BodyLearner, chunk: Buffer): Promise<void> => {
    if (chunk.length === 0) return;
    admitChunk(armed, chunk);
    learner.push(chunk);
    armed.told?.push(chunk);
    await sink.write(chunk);
  };
  return {
    ...exchange,
    // What has to be redacted or cut is read whole before any of it goes on.
    mustRead: shapesResult(ruling.obligations),
    open(head) {
      const { headers } = cleanHeaders(head.headers, secretValues);
      const notices = writeNoticeHeaders([...ruling.obligations.notices, ...ruling.notices]);
      const sink = exchange.open({ status: head.status, headers: [...headers, ...notices] });
      const type = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
      const mediaType = (type.split(';', 1)[0] ?? '').trim().toLowerCase();
      const redactor = createBodyRedactor(secretValues, mediaType);
      const learner = learnBody(armed, mediaType);
      armed.told?.begin(mediaType);
      return {
        async write(chunk) {
          await pass(sink, learner, redactor.push(chunk));
        },
        async end() {
          await pass(sink, learner, redactor.end());
          learner.end();
          armed.told?.end();
          await sink.end();
        },
      };
    },
  };
}

function cleanHead(
  { reply: { http }, secretValues, ruling }: Forwarded,
  response: JsonObject,
  met: MetObligations,
) {
  if (http === undefined) return { reply: null, redacted: 0 };
  // A program would take the notice that stands for a body for the body.
  if (met.withheld > 0 || (http.body === 'text' && !hasText(response)))
    throw new AppError('action.obligation_unmet');
  const { headers, redacted } = cleanHeaders(http.headers, secretValues);
  const passing = meetInHeaders(headers, ruling.obligations);
  const notices = http.body === 'passed' ? [] : writeNoticeHeaders(readNotices(response));
  return { reply: { ...http, headers: [...passing, ...notices] }, redacted };
}

/** Bytes that were read whole are no text that could be written back. */
function hasText({ result }: JsonObject): boolean {
  const content = isJsonObject(result) ? result.content : undefined;
  const [first] = Array.isArray(content) ? (content as readonly JsonValue[]) : [];
  return isJsonObject(first) && first.type === 'text';
}

function cleanHeaders(headers: ApiReply['headers'], secrets: readonly string[]) {
  let redacted = 0;
  const clean = headers.map(([name, value]) => {
    const seen = redactSecrets(value, secrets);
    redacted += seen.redacted;
    return [name, String(seen.value)] as const;
  });
  return { headers: clean, redacted };
}

/** Returns the same object when nothing in it had to change. */
function cleanReply(response: JsonObject): JsonObject {
  const { result } = response;
  if (!isJsonObject(result)) return response;
  const clean = makePrivate(dropOurMeta(result));
  return clean === result ? response : { ...response, result: clean };
}

/** A public cache between us and the agent would show one caller's view to another. */
function makePrivate(result: JsonObject): JsonObject {
  if (result.cacheScope === undefined || result.cacheScope === 'private') return result;
  return { ...result, cacheScope: 'private' };
}

/** Nobody but us speaks as us: `_meta` under our own prefix is how the door names decisions and approvals. */
function dropOurMeta(holder: JsonObject): JsonObject {
  const meta = holder._meta;
  if (!isJsonObject(meta)) return holder;
  const theirs = Object.entries(meta).filter(([key]) => !key.toLowerCase().startsWith('countersign/'));
  if (theirs.length === Object.keys(meta).length) return holder;
  return { ...holder, _meta: Object.fromEntries(theirs) };
}
