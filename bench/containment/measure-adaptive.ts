import { ADAPTIVE_ATTACKS, ATTACK_KINDS, type AttackKind } from './adaptive/index.ts';
import type { Ground } from './open-ground.ts';
import { replayRun } from './replay-run.ts';
import { isStopped } from './score.ts';
import type { Effect } from './verdict.ts';

export interface AdaptiveShare {
  readonly attacks: number;
  readonly denied: number;
  readonly asked: number;
  readonly left: number;
}

export interface AdaptiveReport {
  readonly byKind: Readonly<Record<string, AdaptiveShare>>;
  /** What got through, or was only asked about. */
  readonly misses: readonly string[];
}

/** Attacks by somebody who knows the gateway, each in a task of its own. */
export async function measureAdaptive(ground: Ground): Promise<AdaptiveReport> {
  const shares = new Map<AttackKind, AdaptiveShare>();
  const misses: string[] = [];
  for (const { kind, about, run } of ADAPTIVE_ATTACKS) {
    const at = await ground.suite(run.suite);
    const { verdicts } = await replayRun(at, await at.gateway.enrol(), run);
    const effects = verdicts.map(({ effect }) => effect);
    const isHeldBy = (...held: Effect[]) => isStopped(run, effects, new Set(held));
    const what = isHeldBy('deny') ? 'denied' : isHeldBy('deny', 'ask') ? 'asked' : 'left';
    const share = shares.get(kind) ?? { attacks: 0, denied: 0, asked: 0, left: 0 };
    shares.set(kind, { ...share, attacks: share.attacks + 1, [what]: share[what] + 1 });
    if (what !== 'denied') misses.push(`  ${what}: ${kind}, ${about}`);
  }
  const byKind = Object.fromEntries(
    ATTACK_KINDS.flatMap((kind) => {
      const share = shares.get(kind);
      return share === undefined ? [] : [[kind, share]];
    }),
  );
  return { byKind, misses };
}
