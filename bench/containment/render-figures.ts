import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Figures } from './intervals.ts';
import { METRICS, type Metric } from './score.ts';

const titles: Readonly<Record<Metric, string>> = {
  attacks_left: 'neither denied nor asked',
  attacks_left_if_yes: 'not denied',
  benign_no_human: 'benign, no human',
  asks_per_benign_run: 'questions per benign run',
  asked_calls_per_benign_run: 'asked calls per benign run',
  benign_denied: 'benign denied',
  user_writes_denied_under_attack: "user's writes denied under attack",
};

/** A row for each rule, a line for each metric under it, with its 95 % interval. */
export function renderFigures(
  title: string,
  rows: readonly { readonly name: string; readonly figures: Figures }[],
): string {
  const blocks = rows.map(({ name, figures }) => {
    const lines = METRICS.map((metric) => {
      const { value, low, high } = figures[metric];
      const show = /asks|asked/.test(metric) ? (one: number) => one.toFixed(2) : showShare;
      return `    ${titles[metric].padEnd(36)} ${show(value).padStart(7)}  (${show(low)} to ${show(high)})`;
    });
    return [`  ${name}`, ...lines].join('\n');
  });
  return [`${title}`, ...blocks].join('\n');
}

function showShare(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

interface Defence {
  readonly model: string;
  readonly defence: string;
  readonly split: string;
  readonly benign_n: number;
  readonly benign_utility: number;
  readonly attack_n: number;
  readonly asr: number;
}

/** What the authors of the benchmark measured of other defences: live agents, so not the same quantity as a replay. */
export async function describeDefences(folder: string, name: string): Promise<string> {
  const split = name.split('-').at(-1) ?? '';
  const all = JSON.parse(await readFile(join(folder, 'agentdyn-published-defences.json'), 'utf8')) as
    | readonly Defence[]
    | { readonly results?: readonly Defence[] };
  const rows = ('length' in all ? all : (all.results ?? [])).filter((one) => one.split === split);
  const lines = [...Map.groupBy(rows, ({ defence }) => defence)].map(([defence, those]) => {
    const share = (value: 'asr' | 'benign_utility', n: 'attack_n' | 'benign_n') => {
      const runs = those.reduce((sum, one) => sum + one[n], 0);
      return showShare(those.reduce((sum, one) => sum + one[value] * one[n], 0) / runs);
    };
    return `    ${defence.padEnd(28)} attacks succeed ${share('asr', 'attack_n').padStart(7)}, benign utility ${share('benign_utility', 'benign_n').padStart(7)}`;
  });
  return [`  published, of live agents over all attack runs, ${split}:`, ...lines].join('\n');
}
