import { readFileSync } from 'node:fs';
import { AppError } from '@countersign/api';

/** Variables that are not settings of the file: they name the file, the folder, or hold secrets that never enter it. */
const reserved =
  /^COUNTERSIGN_(?:DATA|CONFIG|SECRET_[A-Z0-9_]+|SECRETS_KEY|MASTER_KEY|TOKEN|URL|AGENT_KEY)(?:_FILE)?$/;

/** One setting and the place it came from. */
export interface EnvironmentSetting {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly origin: string;
}

type Sections = Readonly<Record<string, readonly string[]>>;

/**
 * Reads `COUNTERSIGN_<SECTION>_<KEY>` and `…_FILE`. An unknown `COUNTERSIGN_…` variable is an error, because a setting
 * that silently does nothing is worse than a refusal to start. Throws `config.invalid`.
 */
export function readEnvironment(environment: NodeJS.ProcessEnv, sections: Sections): EnvironmentSetting[] {
  const known = new Map<string, { section: string; key: string }>();
  for (const [section, keys] of Object.entries(sections)) {
    for (const key of keys) known.set(nameVariable(section, key), { section, key });
  }
  const settings: EnvironmentSetting[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('COUNTERSIGN_') || value === undefined || reserved.test(name)) continue;
    const fromFile = name.endsWith('_FILE') && !known.has(name);
    const target = known.get(fromFile ? name.slice(0, -'_FILE'.length) : name);
    if (target === undefined) throw unknownVariable(name, [...known.keys()]);
    settings.push({ ...target, value: fromFile ? readSettingFile(name, value) : value, origin: name });
  }
  return settings;
}

export function readSettingFile(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trimEnd();
  } catch (cause) {
    throw new AppError('config.invalid', { detail: `${name} names a file that cannot be read`, cause });
  }
}

function nameVariable(section: string, key: string): string {
  const words = `${section}_${key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`)}`;
  return `COUNTERSIGN_${words.toUpperCase()}`;
}

function unknownVariable(name: string, known: readonly string[]): AppError {
  const closest = known
    .map((candidate) => ({ candidate, distance: countEdits(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const hint = closest !== undefined && closest.distance <= 5 ? `; did you mean ${closest.candidate}?` : '';
  return new AppError('config.invalid', { detail: `${name} is not a setting${hint}` });
}

function countEdits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
