import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  startApiUpstream,
  startFakeModel,
  startGateway,
  startPeerAgent,
  type TestGateway,
} from '@countersign/testkit';
import { repositoryRoot } from '../../scripts/check/tree.ts';
import { paymentsKey, startPayments } from './start-payments.ts';

/** What a reader of a guide has before them: a running server they joined, a payments server, a shop's HTTP API and a peer agent, a shell and its folder. */
export interface House {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

const lookMilliseconds = 200;
const conditions = ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'];

export async function startHouse(): Promise<House> {
  const payments = await startPayments();
  const shop = await startApiUpstream({
    requireHeader: { name: 'authorization', value: `Bearer ${paymentsKey}` },
  });
  const model = await startFakeModel({ key: paymentsKey });
  const peer = await startPeerAgent();
  const gateway = await startGateway();
  // Inside the repository, so that the guides' programs find the packages that they import.
  mkdirSync(join(repositoryRoot, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(repositoryRoot, '.cache', 'docs-'));
  const programs = join(folder, '.bin');
  installCommand(programs);
  for (const name of ['payments.key', 'shop.key', 'model.key'])
    writeFileSync(join(folder, name), `${paymentsKey}\n`);
  const approving = setInterval(() => void approveAll(gateway), lookMilliseconds);
  const { PATH = '', TMPDIR = '', NODE_COMPILE_CACHE = '' } = process.env;
  const ours = [programs, join(repositoryRoot, 'node_modules', '.bin'), PATH];
  return {
    folder,
    environment: {
      PATH: ours.join(delimiter),
      HOME: folder,
      NO_COLOR: '1',
      NODE_OPTIONS: conditions.join(' '),
      NODE_COMPILE_CACHE,
      COUNTERSIGN_DATA: gateway.folder,
      COUNTERSIGN_URL: gateway.url,
      PAYMENTS_URL: payments.url,
      MODEL_URL: model.url,
      CLERK_URL: peer.url,
      SHOP_URL: shop.url,
      SHOP_OPENAPI: shop.documentUrl,
      ...(TMPDIR !== '' && { TMPDIR }),
    },
    async stop() {
      clearInterval(approving);
      await gateway.stop();
      await payments.close();
      await shop.close();
      await model.close();
      await peer.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `countersign`, as an installed package puts it on the path. */
function installCommand(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const main = join(repositoryRoot, 'packages', 'cli', 'src', 'main.ts');
  const script = `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`;
  writeFileSync(join(folder, 'countersign'), script, { mode: 0o755 });
}

/** The approver whom a guide speaks of: says yes, with a passkey, to whatever waits. */
async function approveAll({ administrator }: TestGateway): Promise<void> {
  const { json } = await administrator.request('GET', '/v1/approvals');
  const { items = [] } = (json ?? {}) as { items?: readonly { id: string; state: string }[] };
  for (const { id, state } of items) if (state === 'requested') await administrator.decide(id, 'approve');
}
