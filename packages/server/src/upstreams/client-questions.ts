import { isJsonObject, type JsonObject } from '@countersign/core';
import type { PeerAnswer } from './legacy-peer.ts';

export interface ClientQuestion {
  readonly method: string;
  readonly params: JsonObject;
}

/** What a process asks of the client behind it. A question waits for a call that takes it along, and then for its answer. */
export interface ClientQuestions {
  /** Undefined when the client did not say that it can be asked this, or is asked too much already. */
  ask(method: unknown, params: JsonObject): Promise<PeerAnswer> | undefined;
  /** Those that no call has taken yet, by key; nobody else gets them again. */
  take(): ReadonlyMap<string, ClientQuestion>;
  /** Answers a question that was taken; harmless when it was answered before. */
  answer(key: string, answer: PeerAnswer): void;
  /** Runs when something is asked; returns how to stop that. */
  onAsked(listener: () => void): () => void;
}

interface Waiting extends ClientQuestion {
  isTaken: boolean;
  settle(answer: PeerAnswer): void;
}

const mostQuestions = 16;
const untakenMilliseconds = 60_000;
const capabilityOf: ReadonlyMap<unknown, string> = new Map([
  ['elicitation/create', 'elicitation'],
  ['roots/list', 'roots'],
  ['sampling/createMessage', 'sampling'],
]);

/** What of a client's capabilities a server may ask it for; nothing else is promised on. */
export function listAskable(capabilities: JsonObject): JsonObject {
  const askable = [...capabilityOf.values()].flatMap((name) => {
    const value = Object.hasOwn(capabilities, name) ? capabilities[name] : undefined;
    return isJsonObject(value) ? [[name, value] as const] : [];
  });
  return Object.fromEntries(askable);
}

/** `capabilities`: as `listAskable` gives them. */
export function createClientQuestions(capabilities: JsonObject): ClientQuestions {
  const waiting = new Map<string, Waiting>();
  const listeners = new Set<() => void>();
  let asked = 0;
  return {
    ask(method, params) {
      const capability = capabilityOf.get(method);
      if (capability === undefined || !Object.hasOwn(capabilities, capability)) return undefined;
      if (waiting.size >= mostQuestions || typeof method !== 'string') return undefined;
      const key = `q${++asked}`;
      return new Promise((resolve) => {
        const question: Waiting = {
          method,
          params,
          isTaken: false,
          settle(answer) {
            clearTimeout(timer);
            if (waiting.delete(key)) resolve(answer);
          },
        };
        const refuse = () => question.isTaken || question.settle(noAnswer);
        const timer = setTimeout(refuse, untakenMilliseconds).unref();
        waiting.set(key, question);
        for (const listener of [...listeners]) listener();
      });
    },
    take() {
      const taken = new Map([...waiting].filter(([, question]) => !question.isTaken));
      for (const question of taken.values()) question.isTaken = true;
      return taken;
    },
    answer: (key, answer) => waiting.get(key)?.settle(answer),
    onAsked(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What a process hears when the client would not, or could not, answer. */
export const noAnswer: PeerAnswer = { error: { code: -1, message: 'The client did not answer.' } };
