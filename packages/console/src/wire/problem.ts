/** A refusal of the control plane, RFC 9457. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string | undefined;
  readonly requestId: string | undefined;

  constructor(status: number, body: unknown) {
    const { title, code, detail, requestId } = isRecord(body) ? body : {};
    super(typeof title === 'string' ? title : 'The server gave no readable answer.');
    this.name = 'Problem';
    this.status = status;
    this.code = typeof code === 'string' ? code : 'server.internal';
    this.detail = typeof detail === 'string' ? detail : undefined;
    this.requestId = typeof requestId === 'string' ? requestId : undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
