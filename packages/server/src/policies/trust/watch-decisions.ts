import type { PolicyContext } from '../activate-bundle.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { createDecisionComparison } from './compare-decision.ts';
import { quarantineBundle } from './quarantine-bundle.ts';
import { describeDisagreements } from './require-agreement.ts';
import { createSampler, type Sampler } from './sampler.ts';

export interface MadeDecision {
  readonly live: LiveBundle;
  readonly request: DecisionRequest;
}

export interface DecisionWatch extends Sampler<MadeDecision> {
  /** Checks nothing from then on. */
  close(): void;
}

/** Has a share of the decisions made again by the official engine, and quarantines the bundle at the first that differs. */
export function watchDecisions(context: PolicyContext): DecisionWatch {
  const { config, log, platform } = context;
  const comparison = createDecisionComparison();
  const onError = (err: unknown): void => log.error({ err }, 'a decision was not checked');
  let isOpen = true;
  const sampler = createSampler<MadeDecision>({
    share: config.policies.crossCheckShare,
    random: () => Buffer.from(platform.randomBytes(4)).readUInt32LE(0) / 2 ** 32,
    defer: (task) => {
      setImmediate(task);
    },
    check: ({ live, request }) => {
      // What the official engine decided needs no check by it.
      if (!isOpen || context.policies.isQuarantined) return;
      const found = comparison.compare(live, request);
      if (found === undefined) return;
      quarantineBundle(context, live.version, describeDisagreements([found])).catch(onError);
    },
    onError,
  });
  return {
    offer: sampler.offer,
    get checked() {
      return sampler.checked;
    },
    get dropped() {
      return sampler.dropped;
    },
    close: () => {
      isOpen = false;
      comparison.release();
    },
  };
}
