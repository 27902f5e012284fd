import { setImmediate } from 'node:timers/promises';
import type { PolicyToJsonAnswer } from '@cedar-policy/cedar-wasm/nodejs';
import { useCedar } from '../engine/cedar.ts';
import type { PolicyFile } from './complaint.ts';
import { splitPolicies } from './split-policies.ts';

const MOST_CHARACTERS = 16_777_216;
const POLICIES_AT_ONCE = 20;

/** Bundles differ in few policies, and parsing is what takes long: the same text is parsed once. */
const known = new Map<string, PolicyToJsonAnswer>();
let characters = 0;

/** One policy in Cedar's JSON form. Throws when it nests too deep for the engine. */
export function readPolicyJson(text: string): PolicyToJsonAnswer {
  const found = known.get(text);
  if (found !== undefined) return found;
  const answer = useCedar((cedar) => {
    const parsed = cedar.policyToJson(text);
    // What cannot be handed over as JSON, for its depth, could not be decided with either.
    if (parsed.type === 'success') cedar.checkParsePolicySet({ staticPolicies: { policy: parsed.json } });
    return parsed;
  });
  if (characters + text.length > MOST_CHARACTERS) {
    known.clear();
    characters = 0;
  }
  known.set(text, answer);
  characters += text.length;
  return answer;
}

/** Parses what is new in the files, serving others in between. */
export async function readAhead(files: readonly PolicyFile[]): Promise<void> {
  let parsed = 0;
  for (const file of files) {
    const split = splitPolicies(file);
    for (const { text } of split.ok ? split.policies : []) {
      if (known.has(text)) continue;
      parsed += 1;
      if (parsed % POLICIES_AT_ONCE === 0) await setImmediate();
      try {
        readPolicyJson(text);
      } catch {
        // It is complained of where it is read.
      }
    }
  }
}
