import type { JsonObject } from '@countersign/core';
import type { ModelProvider, UpstreamSettings } from '../live-upstream.ts';

interface ModelOperation {
  readonly id: string;
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  /** Members that its body cannot do without. */
  readonly required?: readonly string[];
  readonly query?: readonly string[];
}

interface ModelApi {
  readonly operations: readonly ModelOperation[];
  /** The caller's own headers that may go on. */
  readonly headers: readonly string[];
  /** Headers of answers that callers count on. */
  readonly answers: readonly string[];
}

const apis: Readonly<Record<ModelProvider, ModelApi>> = {
  openai: {
    operations: [
      {
        ...{ id: 'chat', method: 'post', path: '/chat/completions', summary: 'Ask a model' },
        required: ['model', 'messages'],
      },
      {
        ...{ id: 'responses', method: 'post', path: '/responses', summary: 'Ask a model' },
        required: ['model', 'input'],
      },
      {
        ...{ id: 'embeddings', method: 'post', path: '/embeddings', summary: 'Turn text into vectors' },
        required: ['model', 'input'],
      },
      { id: 'models', method: 'get', path: '/models', summary: 'Which models there are' },
    ],
    headers: [],
    answers: ['openai-processing-ms', 'openai-version'],
  },
  anthropic: {
    operations: [
      {
        ...{ id: 'messages', method: 'post', path: '/messages', summary: 'Ask a model' },
        required: ['model', 'messages', 'max_tokens'],
        query: ['beta'],
      },
      {
        ...{
          id: 'count',
          method: 'post',
          path: '/messages/count_tokens',
          summary: 'Count what a model would read',
        },
        required: ['model', 'messages'],
      },
      {
        ...{ id: 'models', method: 'get', path: '/models', summary: 'Which models there are' },
        query: ['after_id', 'before_id', 'limit'],
      },
    ],
    headers: ['anthropic-version', 'anthropic-beta'],
    answers: [
      'anthropic-ratelimit-requests-limit',
      'anthropic-ratelimit-requests-remaining',
      'anthropic-ratelimit-requests-reset',
      'anthropic-ratelimit-tokens-limit',
      'anthropic-ratelimit-tokens-remaining',
      'anthropic-ratelimit-tokens-reset',
      'request-id',
    ],
  },
};

/**
 * What a model provider offers, as the OpenAPI document of an HTTP API. It is ours and not the provider's: what is not in it
 * (files, fine-tuning, administration, batches) is not reached, whatever the key may do.
 */
export function writeModelDocument({ provider = 'openai', passHeaders = [] }: UpstreamSettings): string {
  const api = apis[provider];
  const headers = [...new Set([...api.headers, ...passHeaders.map((name) => name.toLowerCase())])];
  const paths = new Map<string, JsonObject>();
  for (const operation of api.operations) {
    const described = describeOperation(operation, headers, api.answers);
    paths.set(operation.path, { ...paths.get(operation.path), [operation.method]: described });
  }
  return JSON.stringify({
    openapi: '3.1.0',
    info: { title: provider, version: '1' },
    paths: Object.fromEntries(paths),
  });
}

function describeOperation(
  { id, summary, required, query = [] }: ModelOperation,
  headers: readonly string[],
  answers: readonly string[],
): JsonObject {
  const parameters = [
    ...headers.map((name) => ({ name, in: 'header', schema: { type: 'string' } })),
    ...query.map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
  ];
  const described = answers.map((name) => [name, { schema: { type: 'string' } }]);
  const schema = { type: 'object', properties: { model: { type: 'string' } }, required: required ?? [] };
  return {
    operationId: id,
    summary,
    parameters,
    ...(required === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema } } } }),
    responses: { 200: { description: summary, headers: Object.fromEntries(described) } },
  };
}
