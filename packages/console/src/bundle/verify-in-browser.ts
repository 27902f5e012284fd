import {
  type BundleLine,
  type BundleReport,
  readLines,
  type VerifyBundleOptions,
  verifyBundle,
} from '@countersign/ledger';
import { questions } from './ask-browser.ts';

export interface VerifiedBundle {
  readonly report: BundleReport;
  /** Every line that could be read, whether or not the bundle verifies. */
  readonly lines: readonly BundleLine[];
}

const mostReadings = 16;

/** Verifies a file that may say anything, in this page alone. Throws `CannotVerify` where the browser lacks what it takes. */
export async function verifyInBrowser(
  file: Blob,
  options: Pick<VerifyBundleOptions, 'vkey'> = {},
): Promise<VerifiedBundle> {
  for (let reading = 0; reading < mostReadings; reading += 1) {
    const lines: BundleLine[] = [];
    const onLine = (line: BundleLine) => {
      lines.push(line);
    };
    const report = await verifyBundle(readLines(readChunks(file)), { ...options, onLine });
    if (!(await questions.answer())) return { report, lines };
  }
  throw new Error('the verifier asks on and on');
}

async function* readChunks(file: Blob): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
