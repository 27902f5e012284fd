import type { CausalEdge, CausalRecord, ToldBeside } from './causal-graph.ts';

/** Spans of what was done, unlike those of what led to it. */
const DOING: ReadonlySet<unknown> = new Set(['execute_tool', 'mcp']);
const SPAN_OF_TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-([0-9a-f]{16})-/;

/**
 * The edge between two records of which one is a span that an agent told of; undefined where they have nothing to do with
 * each other. Whoever tells may name any trace and any call: only what the same agent says is joined, so that nobody
 * attaches anything to what is not theirs. In whatever order, and however late, they came.
 */
export function linkTold(one: CausalRecord, other: CausalRecord): CausalEdge | undefined {
  if (one.id === other.id || one.agent === undefined || one.agent !== other.agent) return undefined;
  if (one.task !== undefined && other.task !== undefined && one.task !== other.task) return undefined;
  if (one.kind === 'task.span_told' && other.kind === 'task.span_told') return linkSpans(one, other);
  if (one.kind === 'task.span_told') return other.kind === 'action.intent' ? linkCall(one, other) : undefined;
  return other.kind === 'task.span_told' && one.kind === 'action.intent' ? linkCall(other, one) : undefined;
}

/** What a record is joined by; undefined for one that nothing told of can be joined to. */
export function listJoins(record: CausalRecord): ToldBeside | undefined {
  const { agent, body, kind, toolCall, trace } = record;
  const isSpan = kind === 'task.span_told';
  if ((!isSpan && kind !== 'action.intent') || (toolCall === undefined && trace === undefined))
    return undefined;
  const caller = isSpan ? body?.parentSpan : readCaller(record);
  return {
    ...(agent === undefined ? {} : { agent }),
    ...(toolCall === undefined ? {} : { toolCall }),
    ...(trace === undefined ? {} : { trace }),
    ...(typeof caller === 'string' ? { caller } : {}),
    ...(isSpan && typeof body?.span === 'string' ? { span: body.span } : {}),
  };
}

function linkSpans(one: CausalRecord, other: CausalRecord): CausalEdge | undefined {
  if (one.trace === undefined || one.trace !== other.trace) return undefined;
  const detail = 'the span it was begun in';
  const isDown = isParent(one, other);
  // Spans that name each other as the one they were begun in tell nothing.
  if (isDown === isParent(other, one)) return undefined;
  const ends = isDown ? { from: one.id, to: other.id } : { from: other.id, to: one.id };
  return { ...ends, link: 'trace', detail };
}

function isParent({ body: parent }: CausalRecord, { body: child }: CausalRecord): boolean {
  return typeof parent?.span === 'string' && parent.span === child?.parentSpan && parent.span !== child.span;
}

function linkCall(span: CausalRecord, call: CausalRecord): CausalEdge | undefined {
  const { body } = span;
  const isDoing = DOING.has(body?.operation);
  const detail = typeof body?.name === 'string' ? body.name.slice(0, 200).toWellFormed() : undefined;
  const said = detail === undefined ? {} : { detail };
  if (span.toolCall !== undefined && span.toolCall === call.toolCall) {
    const ends = isDoing ? { from: call.id, to: span.id } : { from: span.id, to: call.id };
    return { ...ends, link: 'tool_call', ...said };
  }
  if (span.trace === undefined || span.trace !== call.trace) return undefined;
  const isCaller = typeof body?.span === 'string' && body.span === readCaller(call);
  // Its clock is another one's: a span counts as earlier unless it says that it began later.
  const isEarlier = typeof body?.start !== 'number' || body.start <= call.at;
  return isCaller || (!isDoing && isEarlier)
    ? { from: span.id, to: call.id, link: 'trace', ...said }
    : undefined;
}

function readCaller({ body }: CausalRecord): string | undefined {
  return typeof body?.traceparent === 'string' ? SPAN_OF_TRACEPARENT.exec(body.traceparent)?.[1] : undefined;
}
