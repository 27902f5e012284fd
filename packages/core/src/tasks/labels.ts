/** Whether what was read may be believed: `untrusted` is text that a third party could have written. */
export type Trust = 'trusted' | 'untrusted';

export const SENSITIVITIES = ['public', 'internal', 'confidential', 'secret'] as const;

/** How much harm it does when it gets out; the order is that of `SENSITIVITIES`, least first. */
export type Sensitivity = (typeof SENSITIVITIES)[number];

/** Who may see it: selectors such as `group:finance`, or everybody. An empty list is nobody. */
export type Audience = readonly string[] | 'anyone';

/** What is known of data, of a result, or of everything a task has read. */
export interface Labels {
  readonly trust: Trust;
  readonly sensitivity: Sensitivity;
  readonly audience: Audience;
}

/** The labels of a task that has read nothing. */
export const NOTHING_READ: Labels = { trust: 'trusted', sensitivity: 'public', audience: 'anyone' };

/** The labels of two things seen together: untrusted wins, the more sensitive wins, audiences intersect. Commutative, associative, idempotent. */
export function joinLabels(a: Labels, b: Labels): Labels {
  return {
    trust: a.trust === 'untrusted' ? a.trust : b.trust,
    sensitivity:
      sensitivityRank(a.sensitivity) >= sensitivityRank(b.sensitivity) ? a.sensitivity : b.sensitivity,
    audience: meetAudiences(a.audience, b.audience),
  };
}

/** 0 for `public` up to 3 for `secret`. */
export function sensitivityRank(sensitivity: Sensitivity): number {
  return SENSITIVITIES.indexOf(sensitivity);
}

function meetAudiences(a: Audience, b: Audience): Audience {
  if (a === 'anyone') return b === 'anyone' ? b : [...b].sort();
  if (b === 'anyone') return [...a].sort();
  return a.filter((one) => b.includes(one)).sort();
}
