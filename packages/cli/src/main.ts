import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Halves every start but the first. Beside the code and never in a shared folder: whoever can write it can write code.
enableCompileCache(fileURLToPath(new URL('../.cache/compile', import.meta.url)));
const { runCli } = await import('./run-cli.ts');

/** npm and `timeout` pass on a signal that the terminal has sent to everybody already: one wish, told twice. */
const sameWishMilliseconds = 1_000;

const ending = new AbortController();
let endingSince = 0;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (ending.signal.aborted && Date.now() - endingSince > sameWishMilliseconds) process.exit(1);
    endingSince ||= Date.now();
    ending.abort(name);
  });
}
// The reader of our output went away: there is nobody left to talk to.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

const { stdin, stdout, stderr } = process;
process.exitCode = await runCli(process.argv.slice(2), {
  streams: { stdin, stdout, stderr },
  environment: process.env,
  signal: ending.signal,
});
