import type { Task } from './task.ts';

/** What the official clients of OpenAI and Anthropic take, and others that are built on them. */
export interface ModelOptions {
  readonly baseURL: string;
  /** Stands for a key where a client insists on one; it is none. */
  readonly apiKey: string;
  /** Carries the task's token and a proof on every request. */
  readonly fetch: typeof fetch;
}

/**
 * The options with which an official client asks a model through the gateway, as this task and with no key of its own:
 * `new OpenAI(modelOptions(task, 'openai'))`, `new Anthropic(modelOptions(task, 'anthropic', 'anthropic'))`. `provider` says
 * whose API the upstream speaks; clients of OpenAI expect the version in the address.
 */
export function modelOptions(
  task: Pick<Task, 'endpoint' | 'fetchFor'>,
  upstream: string,
  provider: 'openai' | 'anthropic' = 'openai',
): ModelOptions {
  const version = provider === 'openai' ? '/v1' : '';
  const { href } = new URL(`/models/${encodeURIComponent(upstream)}${version}`, task.endpoint(upstream));
  return { baseURL: href, apiKey: 'held-by-countersign', fetch: task.fetchFor(upstream) };
}
