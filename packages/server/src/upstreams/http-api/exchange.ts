/** How an HTTP API answered, as far as a caller may know. */
export interface ApiReply {
  readonly status: number;
  /** In lower case; nothing of the connection, no cookies, no challenges. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Where its body is: in the result, as JSON or as text; on its way already; or nowhere. */
  readonly body: 'json' | 'text' | 'passed' | 'none';
}

/** Takes a body piece by piece; the promise is kept when there is room for more. */
export interface BodySink {
  write(chunk: Buffer): Promise<void>;
  /** All of it has come. */
  end(): Promise<void>;
}

/** A request body that is not read whole: its length and digest were stated, and are kept to. */
export interface ApiUpload {
  readonly bytes: number;
  /** SHA-256, base64url. */
  readonly digest: string;
  /** Can be read again only when all of it is here. */
  readonly chunks: AsyncIterable<Buffer>;
  readonly isHere: boolean;
}

/** What a caller that speaks HTTP itself has room for, and others have not. */
export interface ApiExchange {
  /** What it would like to get. */
  readonly accept: string;
  readonly upload?: ApiUpload;
  /** Its answer is read whole before any of it goes on, and refused when it is too long for that. */
  readonly mustRead?: boolean;
  /** For an answer that is passed on as it comes; called at most once. */
  open(head: Pick<ApiReply, 'status' | 'headers'>): BodySink;
}
