import { parentPort, workerData } from 'node:worker_threads';
import { writeJson } from './json.ts';
import { compileOurs } from './ours.ts';
import { searchMismatch } from './search-mismatch.ts';
import type { Share, ShareMessage } from './share-search.ts';

const share = workerData as Share;
const say = (message: ShareMessage): void => parentPort?.postMessage(message);

const { tally, mismatch } = searchMismatch({
  ...share,
  compile: compileOurs,
  onProgress: (sofar) => say({ kind: 'progress', tally: { ...sofar } }),
});
const written = mismatch && {
  seed: mismatch.seed,
  message: mismatch.message,
  counterExample: writeJson({ ...mismatch.counterExample }, 1),
};
say({ kind: 'done', tally, ...(written === undefined ? {} : { mismatch: written }) });
