import type { Agent, TaskInput } from '../agent.ts';
import { CountersignError, readError } from '../countersign-error.ts';
import type { Task } from '../task.ts';
import { readDecision } from './read-decision.ts';
import { toJson } from './to-json.ts';

export interface GateOptions {
  /** The upstream of kind `hooks` that stands for this program's tools. */
  readonly upstream: string;
  /** How long a person is waited for in all, 60 s when left out; 0 does not wait. */
  readonly waitSeconds?: number;
  /** How long an answer is waited for beyond that, 10 s when left out. No answer is a denial. */
  readonly timeoutSeconds?: number;
  /** The W3C trace context in which a call is made, such as `() => readTraceparent(api)`: joins telemetry to the calls. */
  readonly traceparent?: () => string | undefined;
  /** Hears what could not be reported; the call has been made by then. */
  readonly onReportLost?: (thrown: unknown) => void;
}

/** A call that the program is about to make itself. */
export interface GateCall {
  /** The program's own id of the call: it is allowed at most once. */
  readonly callId: string;
  readonly tool: string;
  readonly arguments: unknown;
  /** Which part of the program makes it, such as a subagent. */
  readonly through?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type GateDecision =
  | { readonly decision: 'allow'; readonly notices: readonly string[] }
  | {
      readonly decision: 'deny' | 'pending';
      /** An error code, such as `action.denied`. */
      readonly reason: string;
      /** For the model: why, and what to do. */
      readonly message: string;
      /** Where a person decides. */
      readonly link?: string;
    };

/** A tool as MCP describes it. */
export interface GateTool {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

const longestRoundSeconds = 25;
const shortestRoundMilliseconds = 1000;

/**
 * Asks before a program uses tools of its own and reports what came of it, in one task. Whatever goes wrong on the way is
 * a denial: what was not allowed in so many words does not run.
 */
export class Gate implements AsyncDisposable {
  readonly task: Task;
  readonly upstream: string;
  readonly #send: typeof fetch;
  readonly #options: GateOptions;
  readonly #reports = new Set<Promise<void>>();

  constructor(task: Task, options: GateOptions) {
    this.task = task;
    this.upstream = options.upstream;
    this.#options = options;
    this.#send = task.fetchFor(options.upstream);
  }

  /** Opens a task for the work and hands over what the person asked for. Throws `CountersignError`. */
  static async open(agent: Agent, input: TaskInput & GateOptions): Promise<Gate> {
    const { upstream, waitSeconds, timeoutSeconds, traceparent, onReportLost, ...wanted } = input;
    const options = {
      upstream,
      ...(waitSeconds === undefined ? {} : { waitSeconds }),
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(onReportLost === undefined ? {} : { onReportLost }),
    };
    return new Gate(await agent.openTask(wanted), options);
  }

  /**
   * Says which tools the program has. One that is new or has changed is denied until a person accepts it. Throws
   * `CountersignError`, such as `upstream.declaration_refused`.
   */
  async declare(tools: readonly GateTool[]): Promise<readonly { name: string; state: string }[]> {
    const answer = await this.#post('tools', { tools }, AbortSignal.timeout(this.#timeout()));
    return (answer as { tools: readonly { name: string; state: string }[] }).tools;
  }

  /** Whether the call may be made now. Never throws: without an answer it is denied. */
  async ask(call: GateCall): Promise<GateDecision> {
    // What a call brought counts for the next one.
    await Promise.all(this.#reports);
    const { waitSeconds = 60 } = this.#options;
    const until = Date.now() + waitSeconds * 1000;
    try {
      for (;;) {
        const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
        const round = Math.min(left, longestRoundSeconds);
        const before = Date.now();
        const decision = await this.#askOnce(call, round);
        if (decision.decision !== 'pending' || left <= round) return decision;
        // An answer that did not wait must not be asked for over and over.
        if (Date.now() - before < shortestRoundMilliseconds) await sleep(shortestRoundMilliseconds);
      }
    } catch (thrown) {
      return describeFailure(thrown);
    }
  }

  /** Tells what came of an allowed call. Never throws: the call has been made. */
  report(callId: string, outcome: { readonly result: unknown } | { readonly error: unknown }): Promise<void> {
    const isError = 'error' in outcome;
    const result = toJson(isError ? describeError(outcome.error) : outcome.result);
    const signal = AbortSignal.timeout(this.#timeout());
    const report: Promise<void> = this.#post('result', { callId, result, isError }, signal)
      .then(
        () => undefined,
        (thrown: unknown) => this.#options.onReportLost?.(thrown),
      )
      .finally(() => this.#reports.delete(report));
    this.#reports.add(report);
    return report;
  }

  /** Makes the call if it is allowed, and reports it. Throws `GateDenied`, and what the call throws. */
  async run<Result>(call: GateCall, make: () => Result | Promise<Result>): Promise<Result> {
    const decision = await this.ask(call);
    if (decision.decision !== 'allow') throw new GateDenied(decision);
    let result: Result;
    try {
      result = await make();
    } catch (error) {
      await this.report(call.callId, { error });
      throw error;
    }
    await this.report(call.callId, { result });
    return result;
  }

  /** Waits for what is still being reported, and ends the task. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#reports);
    await this.task.end();
  }

  #timeout(): number {
    return (this.#options.timeoutSeconds ?? 10) * 1000;
  }

  async #askOnce(call: GateCall, waitSeconds: number): Promise<GateDecision> {
    const { callId, tool, through, signal } = call;
    const given = toJson(call.arguments ?? {});
    const timeout = AbortSignal.timeout(this.#timeout() + waitSeconds * 1000);
    const both = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    const traceparent = this.#options.traceparent?.();
    const body = {
      callId,
      tool,
      arguments: given,
      waitSeconds,
      ...(through === undefined ? {} : { through }),
      ...(traceparent === undefined ? {} : { traceparent }),
    };
    return readDecision(await this.#post('call', body, both));
  }

  async #post(what: string, body: object, signal: AbortSignal): Promise<unknown> {
    const url = new URL(`/hooks/${encodeURIComponent(this.upstream)}/${what}`, this.task.endpoint('x'));
    const response = await this.#send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    });
    if (!response.ok) throw await readError(response);
    return response.json();
  }
}

/** The call was not made. `message` is for the model. */
export class GateDenied extends CountersignError {
  readonly decision: 'deny' | 'pending';

  constructor({ decision, reason, message }: Exclude<GateDecision, { decision: 'allow' }>) {
    super(reason, message, 403);
    this.decision = decision;
  }
}

function describeFailure(thrown: unknown): GateDecision {
  const reason = thrown instanceof CountersignError ? thrown.code : 'gate.unavailable';
  const why = thrown instanceof CountersignError ? thrown.message : 'no answer could be got';
  const message = `REFUSED ${reason}: ${why}. The call was not made. Do not try another way.`;
  return { decision: 'deny', reason, message };
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
