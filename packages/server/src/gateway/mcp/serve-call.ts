import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '@countersign/api';
import { isJsonObject, type JsonObject } from '@countersign/core';
import { type Attempt, handleAction, type Outcome } from '../../actions/index.ts';
import type { Approval } from '../../approvals/index.ts';
import type { Context } from '../../context.ts';
import { type PresentedToken, upstreamResource } from '../../tokens/index.ts';
import { everyUpstream } from '../../upstreams/index.ts';
import { exposeReply } from './aggregate/expose-reply.ts';
import { gatherList } from './aggregate/gather-list.ts';
import { routeMessage } from './aggregate/route-message.ts';
import { type ApprovalTasks, canFollow, type FollowUp } from './approval-tasks.ts';
import type { Slots } from './call-slots.ts';
import { elicitConnection } from './elicit-connection.ts';
import { listHeaderValues } from './header-values.ts';
import { holdCall } from './hold-call.ts';
import { canElicit, pendingReply } from './pending-reply.ts';
import { type Addressee, nobody, type ReadMessage, readMessage } from './read-message.ts';
import { refusalReply } from './refusal-reply.ts';
import type { ReplyStream } from './reply-stream.ts';
import { translateMessage } from './translate-message.ts';
import { translateReply } from './translate-reply.ts';
import { waitForApproval } from './wait-for-approval.ts';

/** One request at the door, and where its answer goes. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly reply: ReplyStream;
  /** The upstream behind the address, or `everyUpstream`. */
  readonly door: string;
  /** Whether the caller takes anything before the answer itself. */
  readonly acceptsEvents: boolean;
}

export interface CallParts {
  readonly context: Context;
  readonly slots: Slots;
  readonly tasks: ApprovalTasks;
}

/** What is left to do for a call once it has left the path: to wait, without a place among those on it. */
export type Rest = () => Promise<void>;

/** Serves one message of revision 2026-07-28. Answers it, or returns what is left to do. */
export function serveCall(parts: CallParts, call: Call, bytes: Uint8Array): Promise<Rest | undefined> {
  return new CallUnderWay(parts, call, bytes).serve();
}

class CallUnderWay {
  readonly #parts: CallParts;
  readonly #call: Call;
  readonly #read: ReturnType<typeof readOnce>;
  readonly #hangUp = new AbortController();
  readonly #onClose = (): void => this.#hangUp.abort(new AppError('action.aborted'));
  #routed: { readonly upstream: string; readonly message?: ReadMessage };
  #follow: FollowUp | undefined;
  #caller: PresentedToken | undefined;

  constructor(parts: CallParts, call: Call, bytes: Uint8Array) {
    this.#parts = parts;
    this.#call = call;
    this.#read = readOnce(call.request, bytes);
    this.#routed = { upstream: call.door };
    call.response.once('close', this.#onClose);
  }

  async serve(): Promise<Rest | undefined> {
    const { context, tasks } = this.#parts;
    let rest: Rest | undefined;
    try {
      const early = this.#read.peek();
      if (early !== undefined && this.#call.door === everyUpstream)
        this.#routed = routeMessage(context, early);
      if (early !== undefined) {
        await waitForApproval(context, this.#routed.upstream, this.#message(), this.#hangUp.signal);
        this.#follow = await tasks.find(this.#message());
      }
      const receivedAt = context.platform.now();
      const outcome = await this.#enter();
      const isHeld = outcome.kind === 'pending' && this.#canHold(outcome.approval);
      if (isHeld) rest = () => this.#waitFor(outcome, receivedAt);
      else this.#finish(outcome);
    } catch (thrown) {
      this.#refuse(thrown);
    } finally {
      if (rest === undefined) this.#close();
    }
    return rest;
  }

  #message(): ReadMessage {
    return this.#routed.message ?? this.#read.get();
  }

  #enter(proven?: PresentedToken): Promise<Outcome> {
    const { context, tasks } = this.#parts;
    const { request, reply, door } = this.#call;
    const { upstream } = this.#routed;
    const arrival = describeArrival(context, request, door, upstream);
    const hungUp = this.#hangUp.signal;
    const follow = (attempt: Attempt) => handleAction(context, attempt);
    return handleAction(context, {
      ...arrival,
      ...(proven && { proven }),
      hungUp,
      emit: reply.emit,
      translate: (caller) => {
        this.#caller = caller;
        if (this.#follow !== undefined)
          return tasks.translate(this.#follow, this.#message(), upstream, caller);
        const message = translateMessage(context, upstream, this.#message(), request.headers, caller);
        return upstream === everyUpstream
          ? gatherList({ context, caller, arrival, hungUp, follow }, message)
          : message;
      },
    });
  }

  /** A client that can neither follow a task nor open a page, and listens while it waits. */
  #canHold(approval: Approval): boolean {
    const read = this.#message();
    return (
      this.#call.acceptsEvents &&
      this.#follow === undefined &&
      read.method === 'tools/call' &&
      read.meta.progressToken !== undefined &&
      !canFollow(read, approval) &&
      !canElicit(read)
    );
  }

  async #waitFor(pending: Outcome & { kind: 'pending' }, receivedAt: number): Promise<void> {
    const { context, slots } = this.#parts;
    const { meta } = this.#message();
    const caller = this.#knownCaller();
    const { emit } = this.#call.reply;
    const over = this.#hangUp.signal;
    const held = { receivedAt, caller, clientName: readClientName(meta), over, emit };
    try {
      const isDecided = await holdCall(
        context,
        { ...held, progressToken: meta.progressToken ?? null },
        pending,
      );
      // The very request that was authenticated when it came, decided anew under what is in force now.
      this.#finish(isDecided ? await slots.run(() => this.#enter(caller)) : pending);
    } catch (thrown) {
      this.#refuse(thrown);
    } finally {
      this.#close();
    }
  }

  #finish(outcome: Outcome): void {
    const { context, tasks } = this.#parts;
    const { reply, door } = this.#call;
    const { upstream } = this.#routed;
    const read = this.#message();
    const caller = this.#knownCaller();
    if (this.#follow !== undefined) this.#tell(tasks.finish(this.#follow, read, outcome));
    else if (outcome.kind === 'pending') {
      this.#tell(
        canFollow(read, outcome.approval)
          ? tasks.begin(read, upstream, caller, outcome)
          : pendingReply(context, upstream, read, caller, outcome),
      );
    } else if (outcome.response === null) reply.finish(202, {}, null);
    else {
      const { response: answer, obligations, raw } = outcome;
      const translated = translateReply(context, upstream, read, caller, answer, obligations);
      const message = exposeReply(door, upstream, translated);
      const text = message === answer ? raw : null;
      reply.finish(statusOf(message), {}, text ?? JSON.stringify(message));
    }
  }

  #refuse(thrown: unknown): void {
    const error = toAppError(thrown);
    const told = this.#follow && this.#parts.tasks.fail(this.#follow, this.#message(), error);
    const asked = told ?? elicitConnection(error, this.#read.peek());
    if (asked === undefined) writeRefusal(this.#call.reply, error, this.#read.addressee());
    else this.#tell(asked);
  }

  #tell(message: JsonObject): void {
    const { reply, door } = this.#call;
    reply.finish(200, {}, JSON.stringify(exposeReply(door, this.#routed.upstream, message)));
  }

  #knownCaller(): PresentedToken {
    if (this.#caller === undefined) throw new AppError('server.internal');
    return this.#caller;
  }

  #close(): void {
    this.#call.response.removeListener('close', this.#onClose);
  }
}

function readClientName(meta: JsonObject): string {
  const info = meta['io.modelcontextprotocol/clientInfo'];
  return isJsonObject(info) && typeof info.name === 'string' ? info.name : '';
}

export function describeArrival(context: Context, request: IncomingMessage, door: string, upstream: string) {
  // From the configured URL: the Host header is the caller's to choose.
  const url = upstreamResource(context.config.server.publicUrl, door);
  const credentials = {
    authorization: listHeaderValues(request.rawHeaders, 'authorization'),
    dpop: listHeaderValues(request.rawHeaders, 'dpop'),
    certificate: context.tokens.findCertificate(request),
    address: context.tokens.findAddress(request),
    method: request.method ?? '',
    url,
    audience: url,
  };
  const id = context.platform.newId('act');
  return {
    id,
    front: 'mcp',
    upstream,
    receivedAt: context.platform.now(),
    credentials,
  } as const satisfies Partial<Attempt>;
}

/** Parses at most once; a message that cannot be read is refused inside the path, where the caller is known. */
function readOnce(request: IncomingMessage, bytes: Uint8Array) {
  let result: { read: ReadMessage } | { error: AppError } | undefined;
  let addressee = nobody;
  const parse = () => {
    if (result === undefined) {
      try {
        result = {
          read: readMessage(request.headers, bytes, (found) => {
            addressee = found;
          }),
        };
      } catch (thrown) {
        result = { error: toAppError(thrown) };
      }
    }
    return result;
  };
  return {
    addressee(): Addressee {
      parse();
      return addressee;
    },
    peek(): ReadMessage | undefined {
      const parsed = parse();
      return 'read' in parsed ? parsed.read : undefined;
    },
    get(): ReadMessage {
      const parsed = parse();
      if ('error' in parsed) throw parsed.error;
      return parsed.read;
    },
  };
}

export function writeRefusal(reply: ReplyStream, error: AppError, request: Addressee): void {
  const { status, headers, message } = refusalReply(error, request);
  reply.finish(status, headers, message === null ? null : JSON.stringify(message));
}

const methodUnknown = -32601;
const formErrors = new Set([-32020, -32021, -32022]);

/** The statuses that revision 2026-07-28 demands for its own errors, whoever found them. */
function statusOf({ error }: JsonObject): number {
  if (!isJsonObject(error)) return 200;
  if (error.code === methodUnknown) return 404;
  return typeof error.code === 'number' && formErrors.has(error.code) ? 400 : 200;
}
