import type { TestGateway } from '@countersign/testkit';
import { requireDone } from './use-scene.ts';

export interface PlayedStep {
  readonly title: string;
  readonly seen: string;
  readonly passed: boolean;
  readonly isPremise: boolean;
  readonly code: string | null;
  readonly reached: number;
  readonly records: readonly string[];
}

export interface PlayedDrill {
  readonly name: string;
  readonly outcome: 'contained' | 'not_contained' | 'inconclusive';
  readonly policyVersion: string;
  readonly contained: { readonly milliseconds: number } | null;
  readonly failure: string | null;
  readonly steps: readonly PlayedStep[];
}

export interface PlayedRun {
  readonly run: string;
  readonly passed: boolean;
  readonly drills: readonly PlayedDrill[];
}

export interface SignedRun {
  readonly report: PlayedRun;
  readonly note: string;
  readonly vkey: string;
}

/** Runs drills as the operator does; all of them where none is named. */
export async function runDrills(
  gateway: TestGateway,
  input: object = {},
): Promise<{ readonly signed: SignedRun }> {
  return {
    signed: requireDone<SignedRun>(await gateway.operator('POST', '/v1/exposure/drills/runs', input)),
  };
}

export function listOutcomes({ drills }: PlayedRun): Readonly<Record<string, PlayedDrill['outcome']>> {
  return Object.fromEntries(drills.map(({ name, outcome }) => [name, outcome]));
}

export function findDrill({ drills }: PlayedRun, name: string): PlayedDrill {
  const found = drills.find((drill) => drill.name === name);
  if (found === undefined) throw new Error(`there is no drill ${name}`);
  return found;
}
