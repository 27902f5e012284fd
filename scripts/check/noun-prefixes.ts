/** What error codes and record kinds start with: the singular of DESIGN's nouns, and the process itself. */
export const nounPrefixes: readonly string[] = [
  'person',
  'agent',
  'delegation',
  'task',
  'token',
  'upstream',
  'secret',
  'policy',
  'action',
  'approval',
  'ledger',
  'signal',
  'review',
  'organisation',
  'exposure',
  'config',
  'server',
];

/** Why this is no `noun.what_happened` name, or undefined. */
export function findNameFlaw(name: string): string | undefined {
  const [noun = '', rest = ''] = name.split(/\.(.*)/s);
  if (!nounPrefixes.includes(noun)) return `${name} does not start with a known noun`;
  return /^[a-z]+(_[a-z]+)*$/.test(rest) ? undefined : `${name} is not noun.what_happened`;
}
