import { DASH, DIGIT, kindOf, LETTER } from '../text/token-kinds.ts';

const LONGEST = 253;
const LONGEST_LABEL = 63;
const ADDRESS_V4 = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

/** A host name or IPv4 address as written in an URL; undefined for what cannot be one. */
export function readHost(text: string): string | undefined {
  if (text.length > LONGEST || !text.includes('.')) return undefined;
  let from = 0;
  let lastKinds = 0;
  for (;;) {
    const dot = text.indexOf('.', from);
    const to = dot === -1 ? text.length : dot;
    lastKinds = readLabel(text, from, to);
    if (lastKinds === 0) return undefined;
    if (dot === -1) break;
    from = to + 1;
  }
  // A top-level name has letters only, or it is an encoded one.
  if (text.length - from >= 2 && (lastKinds === LETTER || text.startsWith('xn--', from))) return text;
  return ADDRESS_V4.test(text) ? text : undefined;
}

/** Whoever has a name has `www.` before it. */
export function dropWww(host: string): string {
  return host.startsWith('www.') && host.indexOf('.', 4) !== -1 ? host.slice(4) : host;
}

/** The kinds of its signs; 0 when it is no label. */
function readLabel(text: string, from: number, to: number): number {
  if (to === from || to - from > LONGEST_LABEL) return 0;
  let kinds = 0;
  for (let at = from; at < to; at++) {
    const kind = kindOf(text.charCodeAt(at));
    if ((kind & (LETTER | DIGIT | DASH)) === 0) return 0;
    kinds |= kind;
  }
  const isEdged = kindOf(text.charCodeAt(from)) !== DASH && kindOf(text.charCodeAt(to - 1)) !== DASH;
  return isEdged ? kinds : 0;
}
