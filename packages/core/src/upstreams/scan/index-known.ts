import type { ToolFeatures } from './tool-features.ts';

/** Finds the tools that one could be compared with, without comparing it with all of them. */
export interface KnownIndex {
  candidatesFor(newcomer: ToolFeatures): readonly ToolFeatures[];
}

const LEAST_CONTENT = 3;
/** A word that so many tools say tells none of them from another. */
const MOST_SAYING = 400;
const MOST_CANDIDATES = 500;

export function indexKnown(known: readonly ToolFeatures[]): KnownIndex {
  const byName = new Map<string, ToolFeatures[]>();
  const byWord = new Map<string, ToolFeatures[]>();
  for (const features of known) {
    for (const key of listNameKeys(features)) put(byName, key, features);
    for (const word of features.content) put(byWord, word, features);
  }
  return {
    candidatesFor(newcomer) {
      const found = new Set<ToolFeatures>();
      for (const key of listNameKeys(newcomer)) for (const one of byName.get(key) ?? []) found.add(one);
      const shared = new Map<ToolFeatures, number>();
      for (const word of newcomer.content) {
        const saying = byWord.get(word) ?? [];
        if (saying.length > MOST_SAYING) continue;
        for (const one of saying) shared.set(one, (shared.get(one) ?? 0) + 1);
      }
      for (const [one, count] of shared) {
        if (count >= Math.min(LEAST_CONTENT, newcomer.content.size)) found.add(one);
        if (found.size >= MOST_CANDIDATES) break;
      }
      return [...found];
    },
  };
}

/** Names that are one letter apart have one of these in common. */
function listNameKeys({ tool, core, skeleton }: ToolFeatures): ReadonlySet<string> {
  const keys = new Set([`name ${tool.definition.name}`, `core ${core}`, `like ${skeleton}`]);
  const text = skeleton.slice(0, 64);
  for (let at = 0; at < text.length; at++) keys.add(`like ${text.slice(0, at)}${text.slice(at + 1)}`);
  return keys;
}

function put(index: Map<string, ToolFeatures[]>, key: string, features: ToolFeatures): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, [features]);
  else known.push(features);
}
