import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface UpstreamProcess {
  readonly url: string;
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('./upstream-program.ts', import.meta.url));

/** An upstream that outlives every kill of the server and syncs each call to its journal before it answers. */
export async function startUpstreamProcess(journalFile: string): Promise<UpstreamProcess> {
  const flags = ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...flags, PROGRAM, journalFile], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for await (const url of createInterface({ input: child.stdout })) {
    return {
      url,
      async stop() {
        child.kill('SIGKILL');
        await exited;
      },
    };
  }
  throw new Error('the upstream ended before it was ready');
}
