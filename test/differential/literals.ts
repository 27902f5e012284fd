import fc, { type Arbitrary } from 'fast-check';
import type { Extension } from './world.ts';

const edge = 2n ** 63n;
export const long: Arbitrary<number | bigint> = fc.oneof(
  { arbitrary: fc.integer({ min: -3, max: 5 }), weight: 8 },
  { arbitrary: fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 4294967296), weight: 1 },
  { arbitrary: fc.constantFrom(edge - 1n, edge - 2n, -edge, -edge + 1n, 9007199254740993n), weight: 1 },
);
export const text: Arbitrary<string> = fc.constantFrom(
  '',
  'a',
  'ab',
  'b*',
  'aab',
  'é',
  '😀a',
  '__proto__',
  '0',
);

/** Well formed and not, at the edges and beyond, and several spellings of one value. */
export const extensionTexts: Readonly<Record<Extension, readonly string[]>> = {
  ipaddr: [
    '127.0.0.1',
    '10.0.0.0/8',
    '10.1.2.3',
    '10.1.2.3/32',
    '0.0.0.0/0',
    '224.0.0.1',
    '::1',
    '::1/128',
    '0:0:0:0:0:0:0:1',
    'ff02::1/16',
    '2001:DB8::/32',
    '2001:db8:0:0::7',
    '::/0',
    '::ffff:10.0.0.1',
    '10.0.0.1/33',
    '010.0.0.1',
    '1.2.3',
    '::1::',
    '10.0.0.1/08',
    '',
  ],
  decimal: [
    '0.0',
    '1.0',
    '1.00',
    '1.2345',
    '-0.1',
    '-0.0',
    '00.1',
    '922337203685477.5807',
    '-922337203685477.5808',
    '922337203685477.5808',
    '1',
    '1.23456',
    '.5',
    '1.',
    '+1.0',
  ],
  datetime: [
    '2024-02-29',
    '1970-01-01',
    '2024-02-29T00:00:00Z',
    '2024-02-29T01:00:00+0100',
    '2024-02-28T23:59:59.999Z',
    '1969-12-31T23:59:59.001Z',
    '0000-01-01',
    '9999-12-31T23:59:59.999-2359',
    '2023-02-29',
    '2024-13-01',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:00:60Z',
    '2024-01-01T00:00:00+2400',
    '2024-01-01T00:00:00',
    '2024-1-1',
  ],
  duration: [
    '0ms',
    '1d',
    '24h',
    '1h30m',
    '-1d2h3m4s5ms',
    '90m',
    '86400000ms',
    '9223372036854775807ms',
    '-9223372036854775808ms',
    '9223372036854775808ms',
    '106751991167d',
    '1s1m',
    '1',
    '',
    '1.5h',
  ],
};

export const constructors: Readonly<Record<Extension, string>> = {
  ipaddr: 'ip',
  decimal: 'decimal',
  datetime: 'datetime',
  duration: 'duration',
};

/** What must be well formed: values in entities and contexts are refused before anything is decided. */
export const wellFormedTexts: Readonly<Record<Extension, readonly string[]>> = {
  ipaddr: extensionTexts.ipaddr.slice(0, 13),
  decimal: extensionTexts.decimal.slice(0, 9),
  datetime: extensionTexts.datetime.slice(0, 8),
  duration: extensionTexts.duration.slice(0, 9),
};
