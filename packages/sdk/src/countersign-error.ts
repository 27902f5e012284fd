/** A refusal by Countersign. `code` is one of its error codes, such as `task.budget_spent`. */
export class CountersignError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(`${code}: ${message}`);
    this.name = 'CountersignError';
    this.code = code;
    this.status = status;
  }
}

/** Reads an OAuth error (RFC 6749) or problem details (RFC 9457) into a `CountersignError`. */
export async function readError(response: Response): Promise<CountersignError> {
  const text = await response.text().catch(() => '');
  let body: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) body = parsed as Record<string, unknown>;
  } catch {
    // Not JSON: a proxy in between answered.
  }
  const pick = (...names: string[]): string | undefined =>
    names.map((name) => body[name]).find((value) => typeof value === 'string') as string | undefined;
  const code = pick('code', 'error') ?? `http.${response.status}`;
  return new CountersignError(
    code,
    pick('detail', 'error_description', 'title') ?? response.statusText,
    response.status,
  );
}
