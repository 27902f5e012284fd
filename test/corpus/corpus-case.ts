export interface CorpusRequest {
  readonly description?: string;
  readonly principal: unknown;
  readonly action: unknown;
  readonly resource: unknown;
  readonly context: unknown;
  readonly decision: string;
  readonly reason: readonly string[];
  readonly errors: readonly string[];
}

/** One file of Cedar's integration tests (cedar-policy/cedar-integration-tests); its paths are relative to the corpus. */
export interface CorpusCase {
  readonly policies: string;
  readonly entities: string;
  readonly schema: string;
  readonly requests: readonly CorpusRequest[];
}

export function isCorpusCase(json: unknown): json is CorpusCase {
  return (
    hasTexts(json, ['policies', 'entities', 'schema']) &&
    'requests' in json &&
    Array.isArray(json.requests) &&
    json.requests.every(
      (request) =>
        hasTexts(request, ['decision']) &&
        ['reason', 'errors'].every((name) => Array.isArray(Reflect.get(request, name))),
    )
  );
}

function hasTexts(json: unknown, names: readonly string[]): json is object {
  return (
    typeof json === 'object' &&
    json !== null &&
    names.every((name) => typeof Reflect.get(json, name) === 'string')
  );
}
