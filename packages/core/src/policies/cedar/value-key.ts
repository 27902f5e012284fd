import type { CedarExtension, CedarValue } from './value.ts';

/** The same text for equal values and for no others, so that sets of any values can be hashed. */
export function valueKey(value: CedarValue): string {
  switch (typeof value) {
    case 'string':
      return frame('s', value);
    case 'number':
    case 'bigint':
      return `n${value};`;
    case 'boolean':
      return value ? 't' : 'f';
  }
  switch (value.kind) {
    case 'entity':
      return frame('e', value.key);
    case 'extension':
      return frame('x', extensionKey(value));
    case 'set':
      return `[${value.values().map(valueKey).sort().join('')}]`;
    case 'record':
      return `{${[...value.names()]
        .sort()
        .map((name) => frame('k', name) + valueKey(value.get(name) ?? false))
        .join('')}}`;
  }
}

function extensionKey(value: CedarExtension): string {
  if (value.name === 'ip') return `ip${value.version}:${value.address}/${value.prefixBits}`;
  return `${value.name}:${value.amount}`;
}

// The length in front keeps hostile text from posing as the end of itself.
function frame(sign: string, text: string): string {
  return `${sign}${text.length}:${text}`;
}
