import { isJsonObject, type JsonObject } from '@countersign/core';
import type { LeasedTask } from '../../tasks/index.ts';
import { findText } from '../../upstreams/index.ts';
import type { ModelAnswer } from './answer-draft.ts';
import { type AnswerCollector, collectAnswer, readWholeAnswer } from './collect-answer.ts';
import { describeAnswer, noteAnswer } from './note-answer.ts';
import type { ModelCall } from './read-model-call.ts';

/** What a model answers to one call, read beside its way to the agent. */
export class ToldAnswer {
  readonly #record: string;
  readonly #call: ModelCall;
  readonly #task: LeasedTask;
  #collector: AnswerCollector | undefined;
  #answer: ModelAnswer | undefined;

  /** `record`: of the outcome, whose id is known before the agent knows the answer. */
  constructor(record: string, call: ModelCall, task: LeasedTask) {
    this.#record = record;
    this.#call = call;
    this.#task = task;
  }

  /** It comes piece by piece, as this media type. */
  begin(type: string): void {
    this.#collector = collectAnswer(this.#call.shape, type);
  }

  push(chunk: Uint8Array): void {
    this.#collector?.push(chunk);
  }

  /** Nothing more of it comes, whether it came to its end or not. */
  end(): void {
    const answer = this.#collector?.end();
    this.#collector = undefined;
    if (answer !== undefined) this.#settle(answer);
  }

  /** It came whole, as the result of a call. */
  settle({ result }: JsonObject): void {
    if (!isJsonObject(result) || result.isError === true) return;
    this.#settle(readWholeAnswer(this.#call.shape, result.structuredContent ?? findText(result)));
  }

  get answer(): ModelAnswer | undefined {
    return this.#answer;
  }

  describe(): { readonly model?: JsonObject } {
    return this.#answer === undefined ? {} : { model: describeAnswer(this.#answer) };
  }

  #settle(answer: ModelAnswer): void {
    this.#answer = answer;
    noteAnswer(this.#task, answer, this.#record);
  }
}
