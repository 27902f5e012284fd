import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installWithApt, mayUseApt } from './install-with-apt.mjs';
import { SetupError } from './setup-error.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome.exe'];
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser tests use: `COUNTERSIGN_CHROMIUM`, else the first on the path, else a usual place; or undefined. */
export function findChromium() {
  const chosen = process.env.COUNTERSIGN_CHROMIUM;
  if (chosen) return existsSync(chosen) ? chosen : undefined;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...elsewhere];
  return candidates.find((path) => existsSync(path));
}

/** Installs Chromium where that needs no question: on Debian and its kin, as root. Elsewhere says what to install. */
export async function ensureChromium() {
  if (findChromium()) return;
  if (!mayUseApt()) {
    throw new SetupError(
      'the browser tests need Chromium or Chrome. Install one (Debian: apt-get install chromium), or set ' +
        'COUNTERSIGN_CHROMIUM to its path.',
    );
  }
  console.error('setup: installing Chromium for the browser tests (once) …');
  installWithApt('chromium');
  if (!findChromium()) throw new SetupError('apt-get installed chromium, but it is not on the path.');
  console.error('setup: Chromium installed');
}
