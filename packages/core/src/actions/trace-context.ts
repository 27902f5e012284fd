export interface TraceContext {
  /** 32 lower-case hexadecimal digits. */
  readonly trace: string;
  /** The caller's span: 16 lower-case hexadecimal digits. */
  readonly span: string;
}

const pattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/;

/** A `traceparent` (W3C Trace Context, section 3.2), which is told by whoever calls and hostile; undefined when it is none. */
export function parseTraceparent(text: string): TraceContext | undefined {
  const [, trace, span] = pattern.exec(text) ?? [];
  return trace === undefined || span === undefined ? undefined : { trace, span };
}
