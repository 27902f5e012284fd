import { execFile } from 'node:child_process';
import { chownSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Account } from './postgres-programs.ts';
import type { TestPostgres } from './start-postgres.ts';

/** Copies the data of a server that goes on meanwhile, so that a start on the copy follows it (a base backup). */
export async function copyPrimary(
  primary: Pick<TestPostgres, 'url' | 'folder'>,
  { folder, account }: { readonly folder: string; readonly account: Account },
): Promise<void> {
  const { hostname, port, username } = new URL(primary.url);
  const client = new Client({ connectionString: primary.url });
  await client.connect();
  try {
    await client.query("SELECT pg_backup_start('standby', true)");
    await copyFolder(primary.folder, folder);
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    // Once more: what was written to the log since it was copied.
    await copyFolder(join(primary.folder, 'pg_wal'), join(folder, 'pg_wal'));
    for (const name of ['postmaster.pid', 'postmaster.opts']) rmSync(join(folder, name), { force: true });
    for (const [name, text] of Object.entries({
      'standby.signal': '',
      backup_label: rows[0]?.labelfile ?? '',
      'postgresql.auto.conf': `primary_conninfo = 'host=${hostname} port=${port} user=${username}'\n`,
    })) {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
      if (account.uid !== undefined && account.gid !== undefined)
        chownSync(join(folder, name), account.uid, account.gid);
    }
  } finally {
    await client.end();
  }
}

/** With owners and modes. Files that come and go meanwhile are what the log makes up for. */
function copyFolder(from: string, to: string): Promise<void> {
  return new Promise((resolve) => {
    execFile('cp', ['-a', `${from}/.`, to], () => resolve());
  });
}
