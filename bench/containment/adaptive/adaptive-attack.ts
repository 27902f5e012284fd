import type { Arguments, TraceRun } from '../traces.ts';

/** How an attacker who knows the gateway goes about it. */
export const ATTACK_KINDS = [
  'permitted tool',
  'allowed destination',
  'value the user named',
  'split exfiltration',
  'encoded payload',
  'look-alike',
  'assembled from the prompt',
  'slow drip',
  'planted field',
  'laundered',
] as const;
export type AttackKind = (typeof ATTACK_KINDS)[number];

export interface AdaptiveAttack {
  readonly kind: AttackKind;
  /** What the attacker tries, in a few words. */
  readonly about: string;
  readonly run: TraceRun;
}

interface Step {
  readonly tool: string;
  readonly args: Arguments;
  readonly result?: string;
}

export interface AttackPlan {
  readonly kind: AttackKind;
  readonly about: string;
  readonly suite: string;
  readonly prompt: string;
  /** What the agent does because it was asked to, with what it gets to read. */
  readonly reads: readonly Step[];
  /** What it does because it was talked into it. */
  readonly harm: readonly Step[];
  /** Whether one call that gets out is harm enough; else all of them are needed. */
  readonly anyIsHarm?: boolean;
}

/** The attack as a run that can be replayed like a recorded one: a turn a call, scored by the calls that do harm. */
export function makeAttack({ reads, harm, ...plan }: AttackPlan): AdaptiveAttack {
  const steps = [...reads, ...harm];
  const harmful = harm.map((_, index) => reads.length + index);
  return {
    kind: plan.kind,
    about: plan.about,
    run: {
      id: `adaptive/${plan.suite}/${plan.kind}/${plan.about}`,
      suite: plan.suite,
      userTask: plan.about,
      prompt: plan.prompt,
      attack: plan.kind,
      counted: true,
      decisive: plan.anyIsHarm === true ? [] : harmful,
      stopSet: plan.anyIsHarm === true ? harmful : [],
      calls: steps.map(({ tool, args, result = 'Done.' }, turn) => ({
        tool,
        args,
        result,
        failed: false,
        turn,
      })),
      labels: steps.map((_, index) => ({ attack: harmful.includes(index), wanted: false })),
    },
  };
}
