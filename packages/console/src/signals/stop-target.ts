import { type StopScope, stopScopes } from './stop.ts';

/** What a stop is aimed at, as the address says it: `agent:agt_…`, or `choose` for nothing yet. */
export interface StopTarget {
  readonly scope: StopScope;
  readonly target: string;
}

export function writeStopTarget({ scope, target }: StopTarget): string {
  return scope === 'everything' ? scope : `${scope}:${target}`;
}

/** Hostile: it comes from a link. It only fills in a form, and a person still has to give a reason and press. */
export function readStopTarget(text: string): StopTarget {
  const colon = text.indexOf(':');
  const word = colon < 0 ? text : text.slice(0, colon);
  const scope = stopScopes.find((known) => known === word) ?? 'agent';
  const target = colon < 0 ? '' : text.slice(colon + 1, colon + 513);
  return { scope, target: scope === 'everything' ? '*' : target };
}
