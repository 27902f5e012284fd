#!/usr/bin/env node
import { loadConfig, startServer } from '@countersign/server';

// The server as a process of its own, to be starved or killed: argv is the data folder and the port.
const [folder = '', port = '0'] = process.argv.slice(2);
const environment = { COUNTERSIGN_LOG_LEVEL: 'silent', ...process.env };
const flags = { server: { port: Number(port) }, data: { folder } };
const { url, firstAdministrator, stop } = await startServer({
  config: loadConfig({ environment, flags }),
  environment,
});
process.stdout.write(`${JSON.stringify({ url, link: firstAdministrator?.link ?? null })}\n`);
process.once('SIGTERM', () => void stop().then(() => process.exit(0)));
