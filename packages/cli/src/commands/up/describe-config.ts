import { type Config, describeConfigSchema, loadConfig } from '@countersign/server';

/** One setting as it is in force, and where it comes from. */
export interface Setting {
  readonly name: string;
  readonly value: unknown;
  /** `default`, the file, or the variable. */
  readonly origin: string;
}

/** The configuration that `countersign up` would start with here. Throws `config.invalid`. */
export function describeConfig(sources: {
  readonly file?: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly data?: string;
}): readonly Setting[] {
  const { file, environment, data } = sources;
  const flags = data === undefined ? {} : { flags: { data: { folder: data } } };
  const named = file === undefined ? {} : { file };
  const effective = flatten(loadConfig({ ...named, environment, ...flags }));
  const fromFile = flatten(loadConfig({ ...named, environment: {} }));
  const defaults = flatten(loadConfig({ environment: {} }));
  return [...effective].map(([name, value]) => {
    const variable = findVariable(name, environment);
    const origin =
      name === 'data.folder' && data !== undefined
        ? '--data'
        : (variable ?? (fromFile.get(name) === defaults.get(name) ? 'default' : (file ?? 'default')));
    return { name, value: hidePassword(JSON.parse(value)), origin };
  });
}

export { describeConfigSchema };

/** A URL may hold a password; one that cannot be read is hidden whole. */
function hidePassword(value: unknown): unknown {
  if (typeof value !== 'string' || !/:\/\/.*@/s.test(value)) return value;
  const url = URL.parse(value);
  if (url === null) return '***';
  if (url.password !== '') url.password = '***';
  return url.href;
}

/** Leaves as JSON texts, so that they compare; lists are one setting. */
function flatten(config: Config): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  for (const [section, values] of Object.entries(config)) {
    if (Array.isArray(values)) leaves.set(section, JSON.stringify(values));
    else
      for (const [key, value] of Object.entries(values))
        leaves.set(`${section}.${key}`, JSON.stringify(value));
  }
  return leaves;
}

function findVariable(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const words = name.replace('.', '_').replaceAll(/[A-Z]/g, (letter) => `_${letter}`);
  const variable = `COUNTERSIGN_${words.toUpperCase()}`;
  const known = [variable, `${variable}_FILE`, ...(name === 'data.folder' ? ['COUNTERSIGN_DATA'] : [])];
  return known.find((candidate) => environment[candidate] !== undefined);
}
