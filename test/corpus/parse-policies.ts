import { policyToJson, templateToJson } from '@cedar-policy/cedar-wasm/nodejs';
import { type CedarPolicyJson, protectLongs } from '@countersign/core';

// What a semicolon can hide in, first.
const PARTS = /"(?:\\[\s\S]|[^"\\])*"?|\/\/[^\n\r]*|;/g;

/** The static policies of a text by the ids that Cedar gives them: `policy0`, `policy1`, …, templates counted with them. */
export function parsePolicies(text: string): Readonly<Record<string, CedarPolicyJson>> {
  const policies = splitPolicies(text).flatMap((one, at) => {
    const { text: exact, restore } = protectLongs(one);
    const answer = policyToJson(exact);
    if (answer.type === 'success') return [[`policy${at}`, restore(answer.json)] as const];
    if (templateToJson(exact).type === 'success') return [];
    throw new Error(`policy${at}: ${answer.errors[0]?.message}`);
  });
  return Object.fromEntries(policies);
}

function splitPolicies(text: string): string[] {
  const policies: string[] = [];
  let start = 0;
  for (const { 0: token, index } of text.matchAll(PARTS)) {
    if (token !== ';') continue;
    policies.push(text.slice(start, index + 1));
    start = index + 1;
  }
  return policies;
}
