import { readFile } from 'node:fs/promises';
import { AppError } from '@countersign/api';
import { isJsonObject, parseStrictJson } from '@countersign/core';
import { request } from 'undici';
import { requireUpstreamUrl } from '../../outbound/address-guard.ts';
import { createSingleConnection } from '../../outbound/create-single-connection.ts';
import { readBounded } from '../../outbound/read-bounded.ts';
import type { Receiving } from './apply-event.ts';
import { receiveEvent } from './receive-event.ts';
import type { Transmitter, TransmitterConfig } from './transmitter.ts';

/** What is told to the transmitter of the events it handed out before (RFC 8936 §2.2). */
interface Told {
  readonly ack: readonly string[];
  readonly setErrs: Readonly<Record<string, { readonly err: string }>>;
}

const mostEvents = 50;
const mostRounds = 20;
const timeoutMilliseconds = 10_000;
/** For all rounds together: what is left then comes with the next. */
const longestPollMilliseconds = 60_000;
const answerLimits = { bytes: 4_194_304, depth: 4, keys: 256, stringLength: 65_536 };

/**
 * Fetches the events of transmitters that do not push (RFC 8936), each by a job of its own, so that a slow one holds up no
 * other. An event is acknowledged only when it is durable here, so none is lost. Call each again and again; it says when.
 */
export function createTransmitterPollers(
  context: Receiving,
  atMostMilliseconds = longestPollMilliseconds,
): readonly (() => Promise<number>)[] {
  const polled = [...context.transmitters.values()].filter(({ config }) => config.pollUrl !== undefined);
  return polled.map((transmitter) => async () => {
    const { name, pollSeconds } = transmitter.config;
    const next = context.platform.now() + pollSeconds * 1000;
    try {
      await pollTransmitter(context, transmitter, AbortSignal.timeout(atMostMilliseconds));
    } catch (err) {
      context.log.warn({ transmitter: name, err: describe(err) }, 'security events could not be fetched');
    }
    return next;
  });
}

async function pollTransmitter(
  context: Receiving,
  transmitter: Transmitter,
  deadline: AbortSignal,
): Promise<void> {
  let told: Told = { ack: [], setErrs: {} };
  for (let round = 0; round < mostRounds; round += 1) {
    const sets = await fetchEvents(transmitter.config, { told, maxEvents: mostEvents, deadline });
    if (sets.length === 0) return;
    told = await receiveAll(context, transmitter, sets, deadline);
  }
  await fetchEvents(transmitter.config, { told, maxEvents: 0, deadline });
}

async function receiveAll(
  context: Receiving,
  transmitter: Transmitter,
  sets: readonly (readonly [jti: string, set: string])[],
  deadline: AbortSignal,
): Promise<Told> {
  const ack: string[] = [];
  const setErrs: Record<string, { readonly err: string }> = Object.create(null);
  for (const [jti, set] of sets) {
    deadline.throwIfAborted();
    try {
      await receiveEvent(context, transmitter, set);
      ack.push(jti);
    } catch (thrown) {
      // Whatever else goes wrong is ours, and the event comes again.
      if (!(thrown instanceof AppError) || thrown.code !== 'signal.event_invalid') throw thrown;
      setErrs[jti] = { err: thrown.detail ?? 'invalid_request' };
    }
  }
  return { ack, setErrs };
}

/** What comes back is hostile: bounded, and not looked at further than its sets. */
async function fetchEvents(
  { allowPrivate = false, pollTokenFile, pollUrl = '' }: TransmitterConfig,
  {
    told,
    maxEvents,
    deadline,
  }: { readonly told: Told; readonly maxEvents: number; readonly deadline: AbortSignal },
): Promise<readonly (readonly [string, string])[]> {
  const token = pollTokenFile === undefined ? undefined : (await readFile(pollTokenFile, 'utf8')).trim();
  const url = requireUpstreamUrl(pollUrl, allowPrivate);
  const dispatcher = createSingleConnection({ allowPrivate, timeoutMilliseconds });
  try {
    const { statusCode, body } = await request(url, {
      dispatcher,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ maxEvents, returnImmediately: true, ...told }),
      signal: AbortSignal.any([deadline, AbortSignal.timeout(timeoutMilliseconds)]),
    });
    if (statusCode !== 200) throw new Error(`the answer was ${statusCode}`);
    const answer = await readBounded(body, answerLimits.bytes, () => new Error('the answer is too large'));
    return readSets(answer.toString('utf8'));
  } finally {
    await dispatcher.destroy();
  }
}

function readSets(text: string): readonly (readonly [string, string])[] {
  const parsed = parseStrictJson(text, answerLimits);
  const sets = parsed.ok && isJsonObject(parsed.value) ? (parsed.value.sets ?? {}) : undefined;
  if (!isJsonObject(sets)) throw new Error('the answer holds no sets');
  return Object.entries(sets).flatMap(([jti, set]) => (typeof set === 'string' ? [[jti, set] as const] : []));
}

/** Never what the other side wrote. */
function describe(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message.slice(0, 200) : 'unknown';
}
