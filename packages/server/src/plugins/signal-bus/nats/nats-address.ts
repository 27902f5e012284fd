/** Where a NATS server with JetStream is and how to get in. Holds credentials: never log it, show it or put it in an error. */
export interface NatsAddress {
  readonly url: string;
  /** Of the one subject; the stream is named after it. */
  readonly subject: string;
  /** What a `.creds` file says. */
  readonly credentials: string | undefined;
  /** PEM; with it the server must speak TLS and prove who it is. */
  readonly authority: string | undefined;
}
