import { Readable } from 'node:stream';
import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Logger } from 'pino';
import { type ClientQuestions, createClientQuestions, listAskable } from './client-questions.ts';
import type { OpenCall } from './converse-legacy.ts';
import { lied } from './json-rpc.ts';
import { createLegacyPeer, type LegacyPeer } from './legacy-peer.ts';
import type { UpstreamSettings } from './live-upstream.ts';
import { logStderr } from './log-stderr.ts';
import { type LegacyServer, legacyRevision, readLegacyServer } from './translate-revision.ts';

export interface SessionOptions {
  readonly settings: UpstreamSettings;
  readonly environment: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  /** What the client of the one session it is for can be asked for. */
  readonly clientCapabilities?: JsonObject;
  readonly log: Logger;
  now(): number;
  onNotification(message: JsonObject): void;
}

/** One process behind a stdio upstream, after its handshake. */
export interface StdioSession {
  readonly server: LegacyServer;
  readonly peer: LegacyPeer;
  readonly questions: ClientQuestions;
  /** Calls that wait for the client's answers, by what was given out for them. */
  readonly parked: Map<string, OpenCall>;
  /** The level of log messages it was last asked for. */
  logLevel: string | undefined;
  /** Aborts, with the error, when the process has ended or was ended. */
  readonly ended: AbortSignal;
  /** Ends the process. Asked kindly it has four seconds to go by itself, otherwise half a second. */
  close(how: 'kindly' | 'at once'): Promise<void>;
}

const startMilliseconds = 20_000;
const clientInfo = { name: 'countersign', version: '1' };
const graceMilliseconds = 500;
const burstMessages = 10_000;
const messagesPerSecond = 1_000;
// No secret is shorter, and what is shorter would be found everywhere.
const shortestSecret = 8;

/** Starts the process and shakes hands with it. Throws `upstream.failed`, `upstream.timed_out` or `upstream.lied`. */
export async function startStdioSession(options: SessionOptions): Promise<StdioSession> {
  const { settings, log } = options;
  const transport = new StdioClientTransport({
    command: settings.command ?? '',
    args: [...(settings.args ?? [])],
    env: { ...options.environment },
    stderr: 'pipe',
    maxBufferSize: options.maxBytes,
    ...(settings.cwd === undefined ? {} : { cwd: settings.cwd }),
  });
  if (transport.stderr instanceof Readable) {
    const secrets = Object.values(options.environment).filter((value) => value.length >= shortestSecret);
    logStderr(transport.stderr, log, secrets, options.now);
  }
  const capabilities = listAskable(options.clientCapabilities ?? {});
  const questions = createClientQuestions(capabilities);
  const peer = createLegacyPeer(
    { send: (message) => transport.send(toWire(message)) },
    options.onNotification,
    (method, params) => questions.ask(method, params),
  );
  const over = new AbortController();
  const end = (error: AppError): void => {
    over.abort(error);
    peer.fail(error);
  };
  const kill = (error: AppError): void => {
    log.warn({ code: error.code, detail: error.detail }, 'the upstream process is ended');
    end(error);
    signalProcess(transport.pid, 'SIGKILL');
    transport.close().catch(() => {});
  };
  const mayReceive = createFloodGuard(options.now);
  transport.onmessage = (message) => {
    if (over.signal.aborted) return;
    try {
      if (!mayReceive()) throw lied('a flood of messages');
      peer.receive(toJsonObject(message));
    } catch (error) {
      kill(error instanceof AppError ? error : new AppError('upstream.lied', { cause: error }));
    }
  };
  transport.onerror = (error) => {
    if (error.message.startsWith('ReadBuffer exceeded')) kill(new AppError('upstream.result_too_large'));
    else if (!mayReceive()) kill(lied('a flood of malformed messages'));
  };
  let isGone = false;
  transport.onclose = () => {
    isGone = true;
    end(new AppError('upstream.failed', { detail: 'the process ended' }));
  };
  const close: StdioSession['close'] = async (how) => {
    end(new AppError('upstream.failed', { detail: 'the process was ended' }));
    const { pid } = transport;
    if (how === 'at once') {
      signalProcess(pid, 'SIGTERM');
      setTimeout(() => isGone || signalProcess(pid, 'SIGKILL'), graceMilliseconds);
    }
    await transport.close();
  };
  try {
    await transport.start();
    const server = await shakeHands(peer, capabilities, (message) => transport.send(toWire(message)));
    const parked = new Map<string, OpenCall>();
    return { server, peer, questions, parked, logLevel: undefined, ended: over.signal, close };
  } catch (error) {
    const cause =
      error instanceof AppError
        ? error
        : new AppError('upstream.failed', { detail: 'the process did not start', cause: error });
    kill(cause);
    throw cause;
  }
}

async function shakeHands(
  peer: LegacyPeer,
  capabilities: JsonObject,
  send: (message: JsonObject) => Promise<void>,
): Promise<LegacyServer> {
  const answer = await peer.request({
    method: 'initialize',
    params: () => ({ protocolVersion: legacyRevision, capabilities, clientInfo }),
    signal: new AbortController().signal,
    timeoutMilliseconds: startMilliseconds,
    onProgress: () => {},
  });
  if ('error' in answer)
    throw new AppError('upstream.failed', { detail: 'the process refused the handshake' });
  const server = readLegacyServer(answer.result);
  await send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  return server;
}

/** A process may send in bursts but not for ever: reading costs us time that others need. */
function createFloodGuard(now: () => number): () => boolean {
  let left = burstMessages;
  let last = now();
  return () => {
    const time = now();
    left = Math.min(burstMessages, left + ((time - last) / 1000) * messagesPerSecond) - 1;
    last = time;
    return left >= 0;
  };
}

function signalProcess(pid: number | null, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (pid !== null) process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

type WireMessage = Parameters<StdioClientTransport['send']>[0];

/** Our own messages are JSON-RPC by construction; only their type is told apart here. */
function toWire(message: JsonObject): WireMessage {
  return message as WireMessage;
}

function toJsonObject(message: unknown): JsonObject {
  if (!isJsonObject(message)) throw lied('not one JSON-RPC message');
  return message;
}
