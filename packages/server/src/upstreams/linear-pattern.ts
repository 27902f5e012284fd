import { RE2JS } from 're2js';
import type { Meter } from './meter.ts';

interface Pattern {
  test(text: string): boolean;
  toString(): string;
}

const longestPattern = 1_024;
const largestProgram = 4_000;
// RE2 reads these as something else than JavaScript does, so the upstream would check another language than we do.
const readDifferently = /\\[kQEAzCB]|\(\?P/;

/**
 * Compiles regular expressions of tool schemas to programs whose time is linear in the text, for ajv's `code.regExp`.
 * Each test is paid for in full before it runs. Throws for what needs backtracking (look-around, back-references).
 */
export function createPatternCompiler(meter: Meter): { (source: string): Pattern; code: string } {
  const compile = (source: string): Pattern => {
    if (source.length > longestPattern) throw new Error('a pattern is too long');
    if (readDifferently.test(source.replaceAll('\\\\', ''))) throw new Error('a pattern is not portable');
    const program = RE2JS.compile(RE2JS.translateRegExp(source));
    const size = program.programSize();
    if (size > largestProgram) throw new Error('a pattern is too large');
    return {
      test(text) {
        meter.spend(size * (text.length + 1));
        return program.test(text);
      },
      // Identifies the pattern among those that ajv has compiled already.
      toString: () => `linear:${source}`,
    };
  };
  // Only ever printed, by a mode of ajv that is not used.
  return Object.assign(compile, { code: 'compilePattern' });
}
