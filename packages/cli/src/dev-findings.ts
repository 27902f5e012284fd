import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Something that is wrong or unsafe, and what mends it. */
export interface Finding {
  readonly id: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly what: string;
  /** A command or a setting. */
  readonly fix: string;
}

/** What is insecure about a server as it was started, exactly: only what holds is named. */
export function findDevRisks(server: {
  readonly publicUrl: string;
  readonly dataFolder: string;
}): readonly Finding[] {
  const { publicUrl, dataFolder } = server;
  const at = (name: string) => join(dataFolder, name);
  const findings: Finding[] = [];
  const warn = (id: string, what: string, fix: string) =>
    findings.push({ id, severity: 'warning', what, fix });
  if (publicUrl.startsWith('http:')) {
    warn(
      'dev.http',
      `${publicUrl} is plain HTTP: whoever sees this machine's traffic can read it`,
      'set server.publicUrl to an https URL and put TLS in front',
    );
  }
  if (existsSync(at('master.key'))) {
    warn(
      'dev.master_key',
      `the master key lies beside what it seals (${at('master.key')}): whoever copies the folder has both`,
      'keep it elsewhere and set COUNTERSIGN_MASTER_KEY_FILE',
    );
  }
  if (existsSync(at('secrets.key'))) {
    warn(
      'dev.secrets_key',
      `the key of the upstreams' credentials lies beside them (${at('secrets.key')})`,
      'keep it elsewhere and set COUNTERSIGN_SECRETS_KEY_FILE',
    );
  }
  if (existsSync(at('operator.token'))) {
    warn(
      'dev.operator_token',
      `whoever can read ${at('operator.token')} administers this server from this machine`,
      'run the server as a user of its own',
    );
  }
  return findings;
}

/** Files of the data folder that others on this machine can read or write. */
export function findOpenFiles(dataFolder: string): readonly Finding[] {
  const names = ['.', 'operator.token', 'master.key', 'secrets.key'];
  return names.flatMap((name) => {
    const path = join(dataFolder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined || process.platform === 'win32' || (stats.mode & 0o077) === 0) return [];
    const mode = (stats.mode & 0o777).toString(8);
    const wanted = name === '.' ? '700' : '600';
    return [
      {
        id: 'data.open',
        severity: 'error' as const,
        what: `${path} can be reached by other users of this machine (mode ${mode})`,
        fix: `chmod ${wanted} ${path}`,
      },
    ];
  });
}
