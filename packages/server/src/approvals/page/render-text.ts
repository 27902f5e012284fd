import { type RenderFlag, renderHonestly } from '@countersign/core';
import { type Html, html } from '../../http/html.ts';
import { type MarkedSegment, markSegments } from './formats/mark-segments.ts';
import type { Token } from './formats/token.ts';

const shownCharacters = 600;

/** Flags of pieces that can be seen; the others are shown by their code points alone. */
const visible: ReadonlySet<RenderFlag> = new Set(['confusable', 'mixed_script', 'punycode', 'combining']);

/** All of the text, with everything that hides or misleads marked, and tokens set apart; a long rest is folded behind its length. */
export function renderText(text: string, tokens: readonly Token[] = []): Html {
  const segments = markSegments(renderHonestly(text).segments, tokens);
  const [shown, rest] = divide(segments);
  if (rest.length === 0) return html`<span class="text">${shown.map(renderSegment)}</span>`;
  const length = rest.reduce((sum, segment) => sum + segment.text.length, 0);
  return html`<span class="text">${shown.map(renderSegment)}</span><details class="rest"><summary>${length} more characters</summary><span class="text">${rest.map(renderSegment)}</span></details>`;
}

/** For short text of ours and of others in one line: marked, never folded. */
export function renderWords(text: string): Html {
  return html`${renderHonestly(text).segments.map(renderSegment)}`;
}

function renderSegment({ text, flag, codePoints, kind }: MarkedSegment): Html {
  if (flag === undefined && kind !== undefined) return html`<bdi class="${kind}">${text}</bdi>`;
  if (flag === undefined) return html`<bdi>${text}</bdi>`;
  if (flag === 'newline') return html`<span class="soft" aria-hidden="true">⏎</span>${text}`;
  if (flag === 'tab') return html`<span class="soft" aria-hidden="true">⇥</span>${text}`;
  const name = flag.replace('_', ' ');
  const points = codePoints.join(' ');
  if (flag === 'mixed_script' || flag === 'punycode') {
    return html`<mark title="${name}: ${points}"><bdi>${text}</bdi> <small>${name}</small></mark>`;
  }
  if (visible.has(flag)) {
    return html`<mark title="${name}"><bdi>${text}</bdi> <small>${name} ${points}</small></mark>`;
  }
  return html`<mark title="${name}"><small>${name} ${points}</small></mark>`;
}

function divide(
  segments: readonly MarkedSegment[],
): readonly [readonly MarkedSegment[], readonly MarkedSegment[]] {
  const shown: MarkedSegment[] = [];
  const rest: MarkedSegment[] = [];
  let room = shownCharacters;
  for (const segment of segments) {
    if (room <= 0) rest.push(segment);
    else if (segment.text.length <= room) shown.push(segment);
    else if (segment.flag !== undefined) rest.push(segment);
    else {
      const at = findCut(segment.text, room);
      shown.push({ ...segment, text: segment.text.slice(0, at) });
      rest.push({ ...segment, text: segment.text.slice(at) });
    }
    room -= segment.text.length;
  }
  // Folding away less than a line hides more than it saves.
  const length = rest.reduce((sum, segment) => sum + segment.text.length, 0);
  return length < 80 ? [[...shown, ...rest], []] : [shown, rest];
}

/** Never between the halves of a surrogate pair. */
function findCut(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at + 1 : at;
}
