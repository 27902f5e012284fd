import type { FindingKind } from './finding.ts';

/** One way in which a text speaks to the model rather than of the tool. */
export interface Sign {
  readonly kind: Extract<FindingKind, 'instruction' | 'preference' | 'session_asked'>;
  readonly weight: number;
  /** Over the text's plain words; `raw`: over the text as it is. */
  readonly pattern: RegExp;
  readonly isRaw?: boolean;
  readonly says: string;
}

/** Any few words in between. Words are bounded, so this is linear. */
export const few = (most: number) => `(?:[^ ]{1,64} ){0,${most}}`;
export const words = (text: string) => `(?:${text.trim().split(/\s+/).join('|')})`;
export const sign = (
  kind: Sign['kind'],
  weight: number,
  says: string,
  pattern: string | RegExp,
  isRaw = false,
): Sign => ({
  kind,
  weight,
  says,
  isRaw,
  pattern: typeof pattern === 'string' ? new RegExp(pattern) : pattern,
});
