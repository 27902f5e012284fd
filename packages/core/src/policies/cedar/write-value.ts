import { formatDecimal, formatIp } from './extensions/index.ts';
import type { CedarValueJson } from './policy-json.ts';
import type { CedarExtension, CedarLong, CedarValue } from './value.ts';

/**
 * The value in Cedar's JSON form, exactly: a Long that JSON numbers cannot hold becomes a duration's milliseconds, which
 * every reader of the form computes back.
 */
export function writeCedarValue(value: CedarValue): CedarValueJson {
  switch (typeof value) {
    case 'bigint':
      return call('toMilliseconds', writeDuration(value));
    case 'object':
      break;
    default:
      return value;
  }
  switch (value.kind) {
    case 'entity':
      return { __entity: { type: value.type, id: value.id } };
    case 'set':
      return value.values().map(writeCedarValue);
    case 'record':
      // Not assigned member by member: a member may be called `__proto__`.
      return Object.fromEntries(
        value.names().flatMap((name) => {
          const member = value.get(name);
          return member === undefined ? [] : [[name, writeCedarValue(member)]];
        }),
      );
    case 'extension':
      return writeExtension(value);
  }
}

function writeExtension(value: CedarExtension): CedarValueJson {
  switch (value.name) {
    case 'decimal':
      return call('decimal', formatDecimal(value));
    case 'ip':
      return call('ip', formatIp(value));
    case 'duration':
      return writeDuration(value.amount);
    case 'datetime':
      // Not every datetime can be spelled as one: years end at 9999.
      return call('offset', call('datetime', '1970-01-01'), writeDuration(value.amount));
  }
}

function writeDuration(milliseconds: CedarLong): CedarValueJson {
  return call('duration', `${milliseconds}ms`);
}

function call(fn: string, ...args: readonly CedarValueJson[]): CedarValueJson {
  const [arg] = args;
  return { __extn: arg !== undefined && args.length === 1 ? { fn, arg } : { fn, args } };
}
