import type { Origin } from '@countersign/core';

/** Where a value came from, as people read it. */
export const originWords: Readonly<Record<Origin, string>> = {
  prompt: 'the prompt',
  plan: 'what people signed before',
  delegation: 'the delegation',
  trusted: 'trusted data',
  untrusted: 'text that outsiders can write',
  model: 'nowhere: the model made it up or computed it',
};
