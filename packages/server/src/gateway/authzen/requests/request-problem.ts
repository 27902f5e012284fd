const problems = {
  not_requestable: { status: 400, title: 'Access is not requestable' },
  expired_denial: { status: 410, title: 'The denial has expired' },
  invalid_denial_binding: { status: 400, title: 'The request does not belong to a denial' },
  duplicate_request: { status: 409, title: 'The Idempotency-Key belongs to another request' },
  unknown_task: { status: 404, title: 'There is no such request' },
  invalid_task_state: { status: 409, title: 'The request is over' },
} as const;

/** A refusal in the words of the Access Request and Approval Profile ("Error Responses"). */
export class RequestProblem extends Error {
  readonly status: number;
  readonly body: object;

  constructor(code: keyof typeof problems, detail?: string) {
    super(code);
    const { status, title } = problems[code];
    this.status = status;
    this.body = {
      type: `urn:openid:authzen:access-request:error:${code}`,
      ...{ title, status },
      ...(detail === undefined ? {} : { detail }),
    };
  }
}
