import { createHash } from 'node:crypto';

/** So many of each population. */
export const sampleSize = 3;

/** The ids whose SHA-256 with the seed is least: whoever names the seed knows that nobody has chosen them. */
export function drawSample(seed: string, ids: readonly string[], count = sampleSize): readonly string[] {
  return [...new Set(ids)]
    .map((id) => ({ id, rank: createHash('sha256').update(`${seed}\n${id}`).digest('hex') }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ id }) => id);
}
