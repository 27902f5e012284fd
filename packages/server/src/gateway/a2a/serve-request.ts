import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, toAppError } from '@countersign/api';
import { canonicalJson, isJsonObject, type JsonObject } from '@countersign/core';
import { type Attempt, handleAction, type Message, type Outcome } from '../../actions/index.ts';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { PresentedToken } from '../../tokens/index.ts';
import { readTraceparent } from '../http/index.ts';
import type { Slots } from '../mcp/call-slots.ts';
import type { ApprovedCalls, Awaited } from './approved-calls.ts';
import type { Binding } from './binding.ts';
import { describeAnswered, describeRefused, describeWaiting } from './describe-task.ts';
import { type Exposing, exposeAnswer } from './expose-answer.ts';
import { holderOf, isTheirs, type PeerTask, type PeerTasks } from './peer-tasks.ts';
import type { ReadRequest } from './read-request.ts';
import {
  answerHere,
  findNamed,
  isSend,
  isStream,
  makeCall,
  type Named,
  requireTask,
  translateRequest,
} from './translate-request.ts';
import { openReply, type PeerReply } from './write-reply.ts';

export interface RequestParts {
  readonly context: Context;
  readonly slots: Slots;
  readonly tasks: PeerTasks;
  readonly approved: ApprovedCalls;
}

/** One request at the door, and where its answer goes. */
export interface Arrived {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly upstream: string;
  /** In which binding it came and is answered. */
  readonly binding: (idOf: () => ReadRequest['id']) => Binding;
  /** Throws what is wrong with it; `seen` is told its id as soon as that is known. */
  read(seen: (id: ReadRequest['id']) => void): ReadRequest;
  readonly standing: () => Readonly<Record<string, string>>;
  arrive(): Pick<Attempt, 'id' | 'front' | 'upstream' | 'receivedAt' | 'credentials'>;
}

type Pending = Outcome & { kind: 'pending' };
type Completed = Outcome & { kind: 'completed' };

/** Serves one request of A2A 1.0, in whichever binding it came. */
export function serveRequest(parts: RequestParts, arrived: Arrived): Promise<void> {
  return new RequestUnderWay(parts, arrived).serve();
}

class RequestUnderWay {
  readonly #parts: RequestParts;
  readonly #arrived: Arrived;
  readonly #reply: PeerReply;
  readonly #hangUp = new AbortController();
  #id: ReadRequest['id'] = null;
  #read: ReadRequest | undefined;
  #caller: PresentedToken | undefined;
  #message: Message | undefined;
  #exposing: Exposing | undefined;

  constructor(parts: RequestParts, arrived: Arrived) {
    this.#parts = parts;
    this.#arrived = arrived;
    const { response, standing } = arrived;
    const binding = arrived.binding(() => this.#id);
    const isStreamed = () => this.#read !== undefined && isStream(this.#read.method);
    this.#reply = openReply({ response, standing, binding, isStream: isStreamed });
  }

  async serve(): Promise<void> {
    const { response } = this.#arrived;
    const onClose = () => this.#hangUp.abort(new AppError('action.aborted'));
    response.once('close', onClose);
    try {
      const named = await this.#look();
      const awaited = await this.#parts.approved.find(named.row);
      if (awaited === undefined || this.#readIsSend()) await this.#pass(named);
      else await this.#follow(named, awaited);
      this.#reply.end();
    } catch (thrown) {
      this.#reply.refuse(toAppError(thrown));
    } finally {
      response.removeListener('close', onClose);
    }
  }

  /** What cannot be read is refused inside the path, where the caller is known. */
  async #look(): Promise<Named> {
    try {
      this.#read = this.#arrived.read((id) => {
        this.#id = id;
      });
    } catch (thrown) {
      await this.#enter(() => {
        throw thrown;
      });
      throw thrown;
    }
    return findNamed(this.#parts.tasks, this.#read);
  }

  #readIsSend(): boolean {
    return this.#read !== undefined && isSend(this.#read.method);
  }

  #enter(translate: (caller: PresentedToken) => Message, proven?: PresentedToken): Promise<Outcome> {
    const { context, slots } = this.#parts;
    return slots.run(() =>
      handleAction(context, {
        ...this.#arrived.arrive(),
        ...(proven && { proven }),
        hungUp: this.#hangUp.signal,
        emit: () => {},
        translate: (caller) => {
          this.#caller = caller;
          this.#message = translate(caller);
          return this.#message;
        },
      }),
    );
  }

  async #pass(named: Named): Promise<void> {
    try {
      const outcome = await this.#enter((caller) => {
        const message = translateRequest(this.#translating(named), caller);
        this.#exposing = this.#begin(caller, message, this.#readIsSend() ? undefined : named.row, named);
        return message;
      });
      if (outcome.kind === 'pending') await this.#wait(outcome);
      else await this.#finish(outcome);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (!this.#readIsSend() || this.#message === undefined || !isRuling(error)) throw error;
      const { tasks } = this.#parts;
      const refused = describeRefused({ id: tasks.newId(), context: tasks.newId() }, error);
      await this.#reply.tell({ task: refused });
    }
  }

  /** A follow-up of a call that waits or waited for a person. */
  async #follow(named: Named, found: Awaited): Promise<void> {
    const { approved, tasks, context } = this.#parts;
    const read = this.#knownRead();
    if (read.method === 'CancelTask') {
      await this.#enter((caller) => {
        const row = requireTask(this.#translating(named), caller);
        return {
          ...translateRequest(this.#translating(named), caller),
          answerHere: () => this.#withdraw(row, found),
        };
      }).then((outcome) => this.#tellHere(outcome));
      return;
    }
    let awaited = found;
    if (read.method === 'SubscribeToTask' && found.approval.state === 'requested') {
      const outcome = await this.#enter((caller) => this.#tellStanding(named, awaited, caller));
      await this.#tellHere(outcome);
      const caller = this.#knownCaller();
      const until = caller.expiresAt - 1_000;
      if (!(await approved.wait(awaited, { over: this.#hangUp.signal, until }))) return;
      const row = (await tasks.find(awaited.row.id)) ?? awaited.row;
      awaited = (await approved.find(row)) ?? awaited;
      context.log.debug({ task: row.id }, 'a task at a peer goes on after a decision');
    }
    let isCall = false;
    try {
      const outcome = await this.#enter((caller) => {
        const row = requireTask(this.#translating(named), caller);
        const given = awaited.arguments;
        isCall = given !== undefined && approved.begin(awaited);
        if (!isCall || given === undefined) return this.#tellStanding(named, awaited, caller);
        const peer = { messageId: row.id, isStream: isStream(read.method), options: {} };
        const message = makeCall(this.#translating(named), row.tool, given, peer);
        this.#exposing = this.#begin(caller, message, awaited.row, { row, talk: undefined });
        return message;
      }, this.#caller);
      if (!isCall) await this.#tellHere(outcome);
      else if (outcome.kind === 'pending') await this.#wait(outcome, awaited);
      else await this.#finish(outcome, awaited);
      if (isCall) approved.end(awaited);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (!isCall) throw error;
      approved.end(awaited);
      if (!isRuling(error)) throw error;
      await this.#reject(awaited, error);
    }
  }

  #tellStanding(named: Named, awaited: Awaited, caller: PresentedToken): Message {
    requireTask(this.#translating(named), caller);
    const told = this.#parts.approved.describe(awaited);
    return {
      ...translateRequest(this.#translating(named), caller),
      answerHere: () => answerHere({ task: told }),
    };
  }

  async #withdraw(row: PeerTask, { approval }: Awaited): Promise<JsonObject> {
    const { context, tasks, approved } = this.#parts;
    await context.approvals.cancel('approval', approval.id, 'agent.withdrew');
    const now = await context.approvals.load(approval.id);
    if (now.state !== 'cancelled')
      return answerHere({ task: approved.describe({ row, approval: now, arguments: undefined }) });
    const changed = await tasks.change(row, { state: 'TASK_STATE_CANCELED' });
    return answerHere({ task: approved.describe({ row: changed, approval: now, arguments: undefined }) });
  }

  async #reject(awaited: Awaited, error: AppError): Promise<void> {
    const { tasks, approved } = this.#parts;
    const row = await tasks.change(awaited.row, { state: 'TASK_STATE_REJECTED' });
    const told = describeRefused(row, error);
    approved.end(awaited, told);
    await this.#tellTask(told);
  }

  /** A person was asked: the caller has a task to follow. */
  async #wait({ approval, link }: Pending, awaited?: Awaited): Promise<void> {
    const { tasks, approved } = this.#parts;
    const { target, arguments: given } = this.#knownMessage();
    const state = 'TASK_STATE_AUTH_REQUIRED';
    const asked = { tool: target, state, approval_id: approval.id };
    const exposing = this.#knownExposing();
    const context = exposing.context;
    // Decided anew it needs people again: the same task follows the new request, because the call is the same.
    const row =
      awaited === undefined
        ? await tasks.insert(exposing.holder, {
            ...asked,
            arguments_digest: sha256(canonicalJson(given)),
            ...(context === undefined ? {} : { context }),
          })
        : await tasks.change(awaited.row, { state, approval_id: approval.id });
    if (awaited !== undefined) approved.end(awaited);
    await this.#tellTask(describeWaiting(row, { approval, link }));
  }

  async #finish(outcome: Completed, awaited?: Awaited): Promise<void> {
    const { tasks, approved } = this.#parts;
    const exposing = this.#knownExposing();
    if (this.#knownMessage().answerHere !== undefined) return this.#tellHere(outcome);
    if (outcome.http?.body !== 'passed') {
      const answer = readAnswer(outcome);
      if (isJsonObject(answer.error)) return this.#reply.pass(answer.error);
      const told = await exposeAnswer(exposing, answer);
      const { row } = exposing;
      const isAnswered = awaited !== undefined && row !== undefined && isJsonObject(told.message);
      if (isAnswered && isJsonObject(told.message)) {
        await tasks.change(row, { state: 'TASK_STATE_COMPLETED' });
        const task = describeAnswered(row, told.message);
        approved.end(awaited, task);
        await this.#tellTask(task);
      } else if (isJsonObject(told.task) && !isStream(this.#knownRead().method))
        await this.#tellTask(told.task);
      else await this.#reply.tell(told);
    }
    const { row } = exposing;
    if (row !== undefined && this.#knownMessage().operation === 'call')
      await tasks.change(row, { owed: JSON.stringify(outcome.obligations) });
  }

  async #tellHere(outcome: Outcome): Promise<void> {
    const { structuredContent = {} } =
      outcome.kind === 'completed' && isJsonObject(outcome.response?.result) ? outcome.response.result : {};
    const { task, list } = isJsonObject(structuredContent) ? structuredContent : {};
    if (isJsonObject(list)) await this.#reply.tell(list);
    else await this.#tellTask(isJsonObject(task) ? task : {});
  }

  /** `GetTask` and `CancelTask` answer with the task itself, all else with what it is. */
  #tellTask(task: JsonObject): Promise<void> {
    const { method } = this.#knownRead();
    return this.#reply.tell(method === 'GetTask' || method === 'CancelTask' ? task : { task });
  }

  #begin(caller: PresentedToken, message: Message, row: PeerTask | undefined, named: Named): Exposing {
    const holder = holderOf(this.#arrived.upstream, caller);
    const talk = [named.row, named.talk].find((one) => one !== undefined && isTheirs(one, holder));
    const isGoingOn = message.arguments.context !== undefined || row !== undefined;
    const context = isGoingOn ? talk?.context : undefined;
    return { tasks: this.#parts.tasks, holder, tool: message.target, row, context };
  }

  #translating(named: Named) {
    const { request, upstream } = this.#arrived;
    const open = this.#reply.open((answer) => exposeAnswer(this.#knownExposing(), answer));
    return {
      ...{ read: this.#knownRead(), upstream, named, tasks: this.#parts.tasks },
      exchange: { accept: 'text/event-stream', open },
      traceparent: readTraceparent(request),
    };
  }

  #knownRead(): ReadRequest {
    return known(this.#read);
  }

  #knownCaller(): PresentedToken {
    return known(this.#caller);
  }

  #knownMessage(): Message {
    return known(this.#message);
  }

  #knownExposing(): Exposing {
    return known(this.#exposing);
  }
}

function known<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new AppError('server.internal');
  return value;
}

/** What a peer answered, as its caller may see it; text alone where something had to be taken out of it. */
function readAnswer({ response }: Completed): JsonObject {
  const result = isJsonObject(response?.result) ? response.result : {};
  const { structuredContent, content } = result;
  if (isJsonObject(structuredContent)) return structuredContent;
  const [part] = Array.isArray(content) ? content : [];
  return { text: isJsonObject(part) && typeof part.text === 'string' ? part.text : '' };
}

/** A decision, not a flaw of the request: it is told as a task that was rejected. */
function isRuling({ code, entry }: AppError): boolean {
  return entry.status === 403 && code !== 'action.origin_refused';
}
