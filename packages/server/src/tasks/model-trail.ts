/** A call of a tool that a model asked for in this task. */
export interface Prediction {
  /** The id that the model gave it. */
  readonly id: string;
  readonly name: string;
  readonly argumentsDigest: string;
  /** The record of the answer that it stands in. */
  readonly record: string;
}

/** A prediction that one action rests on. */
export interface HeldPrediction extends Pick<Prediction, 'id' | 'record'> {
  /** The action goes out: no other may rest on it. */
  use(): void;
  /** It did not, so that the same call, made again, finds it. */
  release(): void;
}

const most = { messages: 4_096, predictions: 256, results: 512 };

/**
 * What a task has said to models and what they asked for, in memory alone and bounded: what is longest ago is forgotten
 * first, and all of it at a restart. It is evidence. A policy may ask more of a call that no model asked for; that one did is told by the agent's own
 * traffic with a model of its choice, so it is no authority.
 */
export class ModelTrail {
  /** By digest: the record that has the text. */
  readonly #messages = new Map<string, string>();
  readonly #predictions = new Map<string, Prediction & { isHeld: boolean }>();
  /** By the id of the call: the record of how it ended. */
  readonly #results = new Map<string, string>();
  #hasAnswered = false;

  /** A model has answered here: from then on a call that none asked for is one that the agent made by itself. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  noteAnswer(): void {
    this.#hasAnswered = true;
  }

  findMessage(digest: string): string | undefined {
    const record = this.#messages.get(digest);
    if (record !== undefined) keep(this.#messages, digest, record, most.messages);
    return record;
  }

  /** The first record that has it stays the one. */
  noteMessage(digest: string, record: string): void {
    keep(this.#messages, digest, this.#messages.get(digest) ?? record, most.messages);
  }

  predict(prediction: Prediction): void {
    const key = JSON.stringify([prediction.record, prediction.id]);
    keep(this.#predictions, key, { ...prediction, isHeld: false }, most.predictions);
  }

  /** The oldest that fits and that no other action rests on; the one with this id before all others. */
  take(fits: (prediction: Prediction) => boolean, id?: string): HeldPrediction | undefined {
    const open = [...this.#predictions].filter(([, one]) => !one.isHeld && fits(one));
    const [key, found] = open.find(([, one]) => one.id === id) ?? open[0] ?? [];
    if (key === undefined || found === undefined) return undefined;
    found.isHeld = true;
    let isUsed = false;
    return {
      id: found.id,
      record: found.record,
      use: () => {
        isUsed = true;
        this.#predictions.delete(key);
      },
      release: () => {
        if (!isUsed) found.isHeld = false;
      },
    };
  }

  noteResult(call: string, record: string): void {
    keep(this.#results, call, record, most.results);
  }

  resultOf(call: string): string | undefined {
    return this.#results.get(call);
  }
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value, mostKept: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.size > mostKept ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
}
