import { AppError } from '@countersign/api';

/** One report at a time: each looks through a whole period. */
export interface EvidenceState {
  /** Throws `exposure.evidence_running` while another one is made. */
  alone<T>(make: () => Promise<T>): Promise<T>;
}

export function createEvidenceState(): EvidenceState {
  let isBusy = false;
  return {
    async alone(make) {
      if (isBusy) throw new AppError('exposure.evidence_running');
      isBusy = true;
      try {
        return await make();
      } finally {
        isBusy = false;
      }
    },
  };
}
