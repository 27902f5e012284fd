import {
  type Audience,
  joinLabels,
  type Labels,
  NOTHING_READ,
  SENSITIVITIES,
  type Sensitivity,
} from './labels.ts';

const AUDIENCE = 'audience:';

/** The names under which labels are kept of a task: `untrusted`, a sensitivity above `public`, `audience:<who>,<who>`. */
export function listLabelFacts({ trust, sensitivity, audience }: Labels): readonly string[] {
  return [
    ...(trust === 'untrusted' ? [trust] : []),
    ...(sensitivity === 'public' ? [] : [sensitivity]),
    ...(audience === 'anyone' ? [] : [`${AUDIENCE}${[...audience].sort().join(',')}`]),
  ];
}

/** What labels with these names join to. */
export function readLabelFacts(names: Iterable<string>): Labels {
  let labels = NOTHING_READ;
  for (const name of names) labels = joinLabels(labels, readFact(name));
  return labels;
}

/** What a person may lift from a task: one of the names, or every audience at once. */
export const LIFTABLE_LABELS = ['untrusted', 'internal', 'confidential', 'secret', 'audience'] as const;
export type LiftableLabel = (typeof LIFTABLE_LABELS)[number];

/** Whether lifting the label lifts what is kept under the name. */
export function liftsFact(label: LiftableLabel, name: string): boolean {
  return label === 'audience' ? name.startsWith(AUDIENCE) : name === label;
}

function readFact(name: string): Labels {
  if (name === 'untrusted') return { ...NOTHING_READ, trust: name };
  if (isSensitivity(name)) return { ...NOTHING_READ, sensitivity: name };
  if (name.startsWith(AUDIENCE)) return { ...NOTHING_READ, audience: readAudience(name) };
  return NOTHING_READ;
}

function readAudience(name: string): Audience {
  return name
    .slice(AUDIENCE.length)
    .split(',')
    .filter((one) => one !== '');
}

function isSensitivity(name: string): name is Sensitivity {
  return SENSITIVITIES.some((one) => one === name);
}
