import type { RenderFlag } from '../../actions/classify-character.ts';
import { renderHonestly } from '../../actions/render.ts';
import type { ToolFinding } from './finding.ts';
import type { DefinitionText } from './list-texts.ts';

const SAID: Readonly<Partial<Record<RenderFlag, string>>> = {
  control: 'control characters',
  bidi: 'characters that turn the reading direction',
  zero_width: 'characters without any width',
  tag: 'invisible tag characters',
  variation: 'variation selectors that vary nothing',
  combining: 'marks that strike through or cover letters',
  private_use: 'private characters',
  unassigned: 'unassigned code points',
  lone_surrogate: 'broken characters',
  mixed_script: 'words of mixed alphabets',
};

/** What Unicode writes with such characters for good: emoji, and joiners of scripts that need them. */
const RIGHTFUL =
  /[\p{Extended_Pictographic}\p{Emoji_Modifier}0-9#*][\ufe0e\ufe0f]|\p{Extended_Pictographic}\u200d(?=\p{Extended_Pictographic})|\ufe0f\u200d(?=\p{Extended_Pictographic})|(?<=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Gujarati}\p{Script=Gurmukhi}\p{Script=Sinhala}])[\u200c\u200d]|\r\n|\u00ad/gu;

/** Characters that a person reading the definition would not see as they are. */
export function findHiddenText({ path, text, isName }: DefinitionText): readonly ToolFinding[] {
  if (isPlain(text)) return [];
  const { segments, counts } = renderHonestly(text.replace(RIGHTFUL, ' '));
  const findings: ToolFinding[] = [];
  for (const flag of Object.keys(SAID) as RenderFlag[]) {
    const count = counts[flag];
    if (count === undefined) continue;
    const isSpoof = flag !== 'mixed_script' || isName || segments.some((one) => mixesCyrillic(one));
    const grade = isSpoof ? 'quarantine' : 'warn';
    findings.push({ kind: 'hidden_text', grade, path, because: `it holds ${SAID[flag]} (${count})` });
  }
  return findings;
}

function isPlain(text: string): boolean {
  return /^[\n\t\x20-\x7e]*$/.test(text);
}

/** Greek letters stand in formulas; Cyrillic ones within a Latin word are there to look like Latin ones. */
function mixesCyrillic({ text, flag }: { readonly text: string; readonly flag?: RenderFlag }): boolean {
  return flag === 'mixed_script' && /\p{Script=Cyrillic}|\p{Script=Armenian}|\p{Script=Cherokee}/u.test(text);
}
