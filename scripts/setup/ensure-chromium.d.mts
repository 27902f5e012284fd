/** The browser tests use: `COUNTERSIGN_CHROMIUM`, else the first on the path, else a usual place; or undefined. */
export function findChromium(): string | undefined;
/** Installs Chromium where that needs no question; throws with what to install elsewhere. */
export function ensureChromium(): Promise<void>;
