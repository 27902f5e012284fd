import { type RenderSegment, renderHonestly } from '@countersign/core';
import { Fragment } from 'react';

/** Text that somebody else wrote, all of it, with everything that hides or misleads marked. */
export function Honest({ text }: { readonly text: string }) {
  const { segments, suspicious } = renderHonestly(text);
  if (!suspicious && segments.length <= 1) return <bdi>{text}</bdi>;
  let at = 0;
  return segments.map((segment) => {
    const key = at;
    at += segment.text.length;
    return <Fragment key={key}>{showSegment(segment)}</Fragment>;
  });
}

/** Flags of pieces that can be seen; the others are shown by their code points alone. */
const visible: ReadonlySet<string> = new Set(['confusable', 'mixed_script', 'punycode', 'combining']);

function showSegment({ text, flag, codePoints }: RenderSegment) {
  if (flag === undefined) return <bdi>{text}</bdi>;
  if (flag === 'newline' || flag === 'tab') {
    return (
      <>
        <span className="soft" aria-hidden="true">
          {flag === 'newline' ? '⏎' : '⇥'}
        </span>
        {text}
      </>
    );
  }
  const name = flag.replace('_', ' ');
  const isWord = flag === 'mixed_script' || flag === 'punycode';
  return (
    <mark title={`${name}: ${codePoints.join(' ')}`}>
      {visible.has(flag) && <bdi>{text}</bdi>}{' '}
      <small>{isWord ? name : `${name} ${codePoints.join(' ')}`}</small>
    </mark>
  );
}
