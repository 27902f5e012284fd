import { runCli } from './run-cli.ts';

const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // A second time means now.
    if (ending.signal.aborted) process.exit(1);
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
