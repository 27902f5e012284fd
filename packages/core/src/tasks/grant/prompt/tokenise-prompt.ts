import type { LiteralKind } from '../words/noun-families.ts';

export type PromptToken =
  | { readonly kind: 'word'; readonly text: string; readonly isCapital: boolean }
  | { readonly kind: 'number'; readonly text: string }
  /** Between quotes: what is said in it is said to somebody else. */
  | { readonly kind: 'quoted'; readonly text: string }
  | { readonly kind: LiteralKind; readonly text: string }
  /** Ends a sentence. */
  | { readonly kind: 'stop' }
  /** Parts a sentence: a comma, a colon, a bracket. */
  | { readonly kind: 'pause'; readonly text: string };

const FILE_ENDINGS =
  'txt|docx?|xlsx?|pptx?|pdf|csv|tsv|md|rtf|odt|ods|html?|json|ya?ml|xml|toml|ini|cfg|conf|log|py|js|ts|java|c|h|cpp|rs|go|rb|php|sh|sql|ipynb|png|jpe?g|gif|svg|bmp|webp|mp3|mp4|wav|mov|avi|zip|tar|gz|7z|rar|eml|ics|vcf|key|pem|pub|env|bak';
const TOP_DOMAINS =
  'com|org|net|io|edu|gov|info|biz|dev|app|ai|co|me|tv|shop|store|online|site|xyz|cloud|tech|news|blog|eu|us|uk|de|ch|at|fr|it|es|nl|be|se|no|dk|fi|pl|cz|pt|ie|jp|cn|in|br|au|ca|nz|kr|ru|sg|za|mx|tr';
const EDGE = '(?![\\p{L}\\p{N}_])';

/** Each is tried where the last ended, so that time grows with the length of the prompt and nothing else. */
const PATTERNS: readonly (readonly [PromptToken['kind'] | 'blank' | 'other', RegExp])[] = [
  ['stop', /[.!?;](?=\s|$)|\n+|[。！？；]/uy],
  ['blank', /[\p{Z}\p{Cc}\p{Cf}]+/uy],
  ['quoted', /"[^"]{1,2000}"|“[^”]{1,2000}”|«[^»]{1,2000}»/uy],
  ['quoted', /(?<![\p{L}\p{N}])['‘`](?=\S)(?:[^'’`]|['’`](?=[\p{L}\p{N}])){1,2000}['’`](?![\p{L}\p{N}])/uy],
  ['url', /(?:https?:\/\/|www\.)[^\s"'<>()]{1,500}[^\s"'<>().,!?;:]/iuy],
  ['address', /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}/uy],
  ['handle', /@[\p{L}\p{N}_.-]{1,64}|#[\p{L}_][\p{L}\p{N}_-]{0,64}/uy],
  ['path', /(?:~|\.{1,2})?(?:\/[\p{L}\p{N}._-]{1,100}){1,20}\/?/uy],
  ['file', new RegExp(`[\\p{L}\\p{N}_-][\\p{L}\\p{N}._-]{0,100}\\.(?:${FILE_ENDINGS})${EDGE}`, 'iuy')],
  [
    'url',
    new RegExp(
      `[\\p{L}\\p{N}_-]{1,63}(?:\\.[\\p{L}\\p{N}-]{1,63}){0,4}\\.(?:${TOP_DOMAINS})${EDGE}(?:/[^\\s"'<>()]{0,300}[^\\s"'<>().,!?;:])?`,
      'iuy',
    ),
  ],
  ['iban', /[A-Z]{2}\d{2}[ ]?(?:[A-Z0-9]{2,4}[ ]?){2,8}(?![\p{L}\p{N}])|\d{9,34}(?![\p{L}\p{N}])/uy],
  [
    'money',
    /\p{Sc}\s?\d[\d.,]{0,20}|\d[\d.,]{0,20}\s?(?:\p{Sc}|(?:dollars?|usd|eur|euros?|pounds?|gbp|chf|bucks|cents?|francs?)(?![\p{L}\p{N}]))/iuy,
  ],
  ['number', /\d[\p{L}\p{N}.,:/-]{0,40}/uy],
  ['word', /\p{L}[\p{L}\p{M}\p{N}_]{0,60}(?:[-’'][\p{L}\p{N}]{1,40}){0,4}/uy],
  ['pause', /[,:()[\]–—/]|-+/uy],
  ['other', /[\s\S]/uy],
];

/** The words and typed values of a prompt, in their order. */
export function tokenisePrompt(prompt: string): readonly PromptToken[] {
  const tokens: PromptToken[] = [];
  for (let at = 0; at < prompt.length; ) {
    const [kind, text] = matchAt(prompt, at);
    at += text.length;
    if (kind === 'stop') tokens.push({ kind });
    else if (kind === 'word')
      tokens.push({
        kind,
        text: text
          .toLowerCase()
          .replaceAll('’', "'")
          .replace(/^e-mail/, 'email'),
        isCapital: /^\p{Lu}/u.test(text),
      });
    else if (kind === 'quoted') tokens.push(readQuoted(text.slice(1, -1)));
    else if (kind !== 'blank' && kind !== 'other') tokens.push({ kind, text: text.trim() });
  }
  return tokens;
}

/** The word at a place; empty where something else stands, or nothing. */
export function wordAt(tokens: readonly PromptToken[], at: number): string {
  const token = tokens[at];
  return token?.kind === 'word' ? token.text : '';
}

function matchAt(prompt: string, at: number): readonly [PromptToken['kind'] | 'blank' | 'other', string] {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const found = pattern.exec(prompt);
    if (found !== null && found[0].length > 0) return [kind, found[0]];
  }
  return ['other', prompt.slice(at, at + 1)];
}

/** A quoted address is an address; a quoted sentence is what somebody else is to read. */
function readQuoted(text: string): PromptToken {
  const [kind, matched] = matchAt(text.trim(), 0);
  const isLiteral = !['word', 'number', 'quoted', 'stop', 'pause', 'blank', 'other'].includes(kind);
  if (isLiteral && matched.length === text.trim().length) return { kind: kind as LiteralKind, text: matched };
  return { kind: 'quoted', text };
}
