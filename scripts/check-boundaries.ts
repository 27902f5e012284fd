import { type Allowance, allowances } from './boundaries/allowances.ts';
import { ambientRules } from './boundaries/ambient-rules.ts';
import { declaredRules } from './boundaries/declared-rules.ts';
import { checkManifests } from './boundaries/manifest-rules.ts';
import { packageRules } from './boundaries/package-rules.ts';
import type { Rule } from './boundaries/rule.ts';
import { serverRules } from './boundaries/server-rules.ts';
import { parseSource } from './check/parse-source.ts';
import { type Report, reportItem, sumReports } from './check/report.ts';
import { runCheck } from './check/run-check.ts';
import { isSource, readTree, type Tree } from './check/tree.ts';

const rules: readonly Rule[] = [...packageRules, ...declaredRules, ...serverRules, ...ambientRules];

/** Holds what may reach what: packages, nouns, plug-ins, HTTP, SQL, clock. One assertion a rule. */
export function checkBoundaries(tree: Tree, allowed: readonly Allowance[] = allowances): Report {
  const sources = [...tree].filter(([path]) => isSource(path)).map(([path, text]) => parseSource(path, text));
  const used = new Set<Allowance>();
  const reports = rules.map((rule) => {
    const findings = sources.flatMap((source) => rule.find(source, tree));
    const refused = findings.filter((finding) => {
      const allowance = allowed.find(({ path, rule: name }) => path === finding.path && name === rule.name);
      if (allowance) used.add(allowance);
      return allowance === undefined;
    });
    return reportItem(refused.map(({ path, line, message }) => `${path}:${line} ${message}`));
  });
  const unused = allowed
    .filter((allowance) => !used.has(allowance))
    .map(({ path, rule }) => `${path}: the allowance for "${rule}" is not needed; remove it`);
  return sumReports([...reports, checkManifests(tree), reportItem(unused)]);
}

await runCheck(import.meta, () => checkBoundaries(readTree()));
