import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const path = '@cedar-policy/cedar-wasm/nodejs';

type Cedar = typeof import('@cedar-policy/cedar-wasm/nodejs');

let cedar: Cedar | undefined;
let generation = 0;

/**
 * Runs one use of the official engine. A trap inside WebAssembly (a stack that overflows, memory out of bounds) leaves
 * the instance unusable for good, so the next use gets a new one, which has forgotten every prepared policy set.
 */
export function useCedar<T>(use: (cedar: Cedar) => T): T {
  cedar ??= loadInstance();
  try {
    return use(cedar);
  } catch (thrown) {
    if (isTrap(thrown)) {
      cedar = undefined;
      generation += 1;
    }
    throw thrown;
  }
}

/** Changes whenever what was prepared in the engine is lost. */
export function cedarGeneration(): number {
  return generation;
}

function loadInstance(): Cedar {
  // The package keeps one instance per load of its module, so a new instance is a new load.
  delete require.cache[require.resolve(path)];
  return require(path) as Cedar;
}

/** A WebAssembly.RuntimeError, or the host's own stack that ended inside the engine. */
function isTrap(thrown: unknown): boolean {
  return thrown instanceof RangeError || (thrown instanceof Error && thrown.name === 'RuntimeError');
}
