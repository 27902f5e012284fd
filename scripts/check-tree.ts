import { type Report, reportItem, sumReports } from './check/report.ts';
import { runCheck } from './check/run-check.ts';
import { readTree, type Tree } from './check/tree.ts';

interface Pattern {
  readonly what: string;
  readonly find: RegExp;
  /** Files where it may stand. */
  readonly except?: RegExp;
}

// Split, so that this file does not match itself.
const joined = (...parts: readonly string[]): string => parts.join('');

const patterns: readonly Pattern[] = [
  {
    what: "a path of one person's machine",
    find: new RegExp(joined('(?<![\\w./-])/(home|', 'Users|root|work)/', '[a-z][\\w.-]*'), 'm'),
    except: /^scripts\/setup\/ensure-chromium\.mjs$/,
  },
  {
    what: 'a private key',
    find: new RegExp(joined('-----BEGIN [A-Z ]*PRIVATE', ' KEY-----\\s+[A-Za-z0-9+/]{20}')),
  },
  {
    what: 'a private JWK in a data file',
    find: /"d"\s*:\s*"[A-Za-z0-9_-]{43,}"/,
    except: /\.(ts|tsx|mjs)$/,
  },
  {
    what: 'what looks like a live credential',
    find: /\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[abp]-[0-9]{10,}-[A-Za-z0-9-]+|sk-[A-Za-z0-9]{32,}|npm_[A-Za-z0-9]{36})\b/,
  },
  {
    what: "a registry's host",
    find: new RegExp(joined('registry\\.', '(npmjs|yarnpkg|npmmirror)\\.', '(org|com)'), 'i'),
  },
  { what: 'an unfinished place', find: new RegExp(joined('\\b(TO', 'DO|FIX', 'ME|X', 'XX)\\b')) },
  {
    what: 'a skipped or lone test',
    find: /\b(it|test|describe)\.(skip|only|todo|skipIf|runIf|fails)\b/,
    except: /^scripts\//,
  },
  {
    what: 'a silenced type or lint error',
    find: new RegExp(
      joined('@ts-', '(ignore|nocheck|expect-error)|\\bas ', 'any(?=\\s*([;,)\\]}|&>=]|$))'),
      'm',
    ),
  },
  { what: 'a merge conflict', find: /^(<{7} |>{7} )/m },
];

/** Holds that the tree carries no secret, no machine's path, no registry's host and nothing unfinished. */
export function checkTree(tree: Tree): Report {
  return sumReports(
    patterns.map(({ what, find, except }) =>
      reportItem(
        [...tree]
          .filter(([path]) => path !== 'package-lock.json' && !except?.test(path))
          .flatMap(([path, text]) => {
            const match = find.exec(text);
            return match ? [`${path}:${lineOf(text, match.index)} holds ${what}`] : [];
          }),
      ),
    ),
  );
}

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

await runCheck(import.meta, () => checkTree(readTree()));
