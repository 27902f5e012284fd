/** What goes back over HTTP. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, an object as JSON; null for none. */
  readonly body: object | string | null;
}
