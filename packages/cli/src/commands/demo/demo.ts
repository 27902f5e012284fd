import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from '../../command.ts';
import { serverUrlFile } from '../../control/find-server.ts';
import { exitCodes } from '../../exit-codes.ts';
import { parseCount } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import { serve, type UpOptions } from '../up/up.ts';
import { playDemo } from './play-demo.ts';

export const startDemo = defineCommand<Omit<UpOptions, 'demo'>>({
  usage: 'demo',
  summary: 'play the demo, at the running server of this data folder or one started for it',
  options: [{ flags: '--port <port>', summary: 'for a server started here', parse: parseCount }],
  async run(session, options) {
    if (!(await isRunning(session))) {
      await serve(session, { ...options, demo: true });
      return undefined;
    }
    const { dataFolder } = session;
    const setting = { url: session.serverUrl(), dataFolder, administratorLink: null };
    const { completed, close } = await playDemo(session, setting);
    await close();
    return completed ? exitCodes.done : exitCodes.pending;
  },
});

async function isRunning(session: Session): Promise<boolean> {
  if (!existsSync(join(session.dataFolder, serverUrlFile))) return false;
  const signal = AbortSignal.any([session.signal, AbortSignal.timeout(2_000)]);
  return fetch(new URL('/livez', session.serverUrl()), { signal }).then(
    ({ ok }) => ok,
    () => false,
  );
}
