import { AppError } from '@countersign/api';
import { type OfficialEngine, prepareOfficial } from '../decide/evaluate-official.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';

export interface OfficialBundle {
  readonly bundle: LiveBundle;
  /** Gives back what the engine holds; the bundle refuses everything after it. */
  release(): void;
}

/**
 * The same bundle, decided by the official engine. What that cannot be told, or fails at, is refused:
 * `policy.unavailable`.
 */
export function decideOfficially(bundle: LiveBundle): OfficialBundle {
  const official = tryPrepare(bundle);
  return {
    bundle: bundle.withEngine((request) => {
      const evaluation = official?.evaluate(request);
      if (evaluation === undefined) throw new AppError('policy.unavailable');
      return evaluation;
    }),
    release: () => official?.release(),
  };
}

/** Without an engine everything is refused, which is better than to go on with one that is wrong. */
function tryPrepare({ policies }: LiveBundle): OfficialEngine | undefined {
  try {
    return prepareOfficial(policies);
  } catch {
    return undefined;
  }
}
