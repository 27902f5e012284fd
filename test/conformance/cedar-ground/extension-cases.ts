import type { LanguageCase } from './language-cases.ts';

const ok = (texts: readonly string[], call: (text: string) => string): LanguageCase[] =>
  texts.map((text) => [call(text), 'true']);
const bad = (texts: readonly string[], call: (text: string) => string): LanguageCase[] =>
  texts.map((text) => [call(text), 'error']);
const read =
  (fn: string) =>
  (text: string): string =>
    `${fn}("${text}") == ${fn}("${text}")`;

/** Spellings of every extension type, and what their functions do at the edges. */
export const EXTENSION_CASES: Readonly<Record<string, readonly LanguageCase[]>> = {
  'ip spellings': [
    ...ok(
      [
        '127.0.0.1',
        '0.0.0.0/0',
        '1.2.3.4/32',
        '::',
        '::1',
        '::/0',
        'ABCD::',
        '1:2:3:4:5:6:7::',
        '::2:3:4:5:6:7:8',
      ],
      read('ip'),
    ),
    ...ok(['0001:0002:0003:0004:0005:0006:0007:0008/128', 'fe80::1/64'], read('ip')),
    ...bad(
      ['', '/8', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.4 ', '1.2.3.4/', '1.2.3.4/33'],
      read('ip'),
    ),
    ...bad(
      ['1.2.3.4/08', '1.2.3.4/+8', '1.2.3.4/032', '::ffff:1.2.3.4', '::1.2.3.4', '1::2::3', ':::'],
      read('ip'),
    ),
    ...bad(
      ['12345::', '00001::', '1:2:3:4::5:6:7:8', '1:2:3:4:5:6:7', '::1/129', '::1/00', 'fe80::1%eth0', ':1'],
      read('ip'),
    ),
    ['ip(1) == 1', 'error'],
    ['ip() == 1', 'error'],
    ['ip("1.1.1.1", "2") == 1', 'error'],
    ['ip("1.1.1.1").isIpv4(1)', 'error'],
  ],
  'ip functions': [
    ['ip("1.2.3.4").isIpv4() && ip("::1").isIpv6() && !ip("::1").isIpv4()', 'true'],
    ['ip("1.2.3.4") == ip("1.2.3.4/32")', 'true'],
    ['ip("10.0.0.1/24") == ip("10.0.0.2/24")', 'false'],
    ['ip("::FFFF:0:1") == ip("::ffff:0:1")', 'true'],
    ['ip("127.0.0.1/8").isLoopback() && !ip("127.0.0.1/7").isLoopback()', 'true'],
    ['ip("::1").isLoopback() && !ip("::1/127").isLoopback()', 'true'],
    ['ip("224.0.0.1/4").isMulticast() && !ip("224.0.0.1/3").isMulticast()', 'true'],
    ['ip("ff00::/8").isMulticast() && !ip("ff00::/7").isMulticast()', 'true'],
    ['ip("10.0.0.5").isInRange(ip("10.0.0.9/24"))', 'true'],
    ['ip("10.0.0.0/23").isInRange(ip("10.0.0.0/24"))', 'false'],
    ['ip("255.255.255.255").isInRange(ip("0.0.0.0/0"))', 'true'],
    ['ip("::1").isInRange(ip("0.0.0.0/0"))', 'false'],
    ['ip("fe80::1").isInRange(ip("fe80::/64")) && !ip("fe81::1").isInRange(ip("fe80::/64"))', 'true'],
    ['context.address.isInRange(ip("192.168.0.0/16"))', 'true'],
    ['ip("1.1.1.1").isInRange("1.1.1.1")', 'error'],
    ['"1.1.1.1".isIpv4()', 'error'],
  ],
  decimal: [
    ...ok(
      ['1.0', '1.1234', '-0.0', '-1.5', '00.1', '922337203685477.5807', '-922337203685477.5808'],
      read('decimal'),
    ),
    ...bad(
      ['1', '1.', '.5', '-.5', '+1.5', '--1.0', '1.12345', '1.0 ', '12.-3', '1e1.0', ''],
      read('decimal'),
    ),
    ...bad(['922337203685477.5808', '-922337203685477.5809', '99999999999999999999999.0'], read('decimal')),
    ['decimal("-0.5") == decimal("-0.50")', 'true'],
    ['decimal("-0.5").lessThan(decimal("0.0")) && decimal("1.5").greaterThan(decimal("1.49"))', 'true'],
    [
      'decimal("1.5").lessThanOrEqual(decimal("1.5")) && decimal("1.5").greaterThanOrEqual(decimal("1.5"))',
      'true',
    ],
    ['decimal("1.5").lessThan(1)', 'error'],
    ['decimal("1.0") < decimal("2.0")', 'error'],
    ['decimal("1.0") == 1', 'false'],
  ],
  datetime: [
    ...ok(['2024-01-01', '2024-02-29', '0000-01-01', '9999-12-31', '2024-01-01T00:00:00Z'], read('datetime')),
    ...ok(
      ['2024-01-01T00:00:00.123Z', '2024-01-01T00:00:00+0100', '2024-01-01T23:59:59.999-2359'],
      read('datetime'),
    ),
    ...bad(
      ['', '2024-1-1', '2023-02-29', '2024-13-01', '2024-00-01', '2024-01-00', '10000-01-01'],
      read('datetime'),
    ),
    ...bad(
      ['2024-01-01T00:00:00', '2024-01-01T24:00:00Z', '2024-01-01T23:59:60Z', '2024-01-01T00:00Z'],
      read('datetime'),
    ),
    ...bad(
      ['2024-01-01T00:00:00.1Z', '2024-01-01T00:00:00z', '2024-01-01t00:00:00Z', '2024-01-01Z'],
      read('datetime'),
    ),
    ...bad(
      ['2024-01-01T00:00:00+01:00', '2024-01-01T00:00:00+2400', '2024-01-01T00:00:00+0060'],
      read('datetime'),
    ),
    ['datetime("2024-01-01T01:00:00+0100") == datetime("2024-01-01")', 'true'],
    ['datetime("0000-01-01T00:00:00+2359") < datetime("0000-01-01")', 'true'],
    [
      'datetime("2024-01-01") < datetime("2024-01-02") && datetime("2024-01-01") >= datetime("2024-01-01")',
      'true',
    ],
    ['datetime("2024-01-01") < duration("1d")', 'error'],
    ['datetime("2024-01-01") < 1', 'error'],
    ['datetime("2024-01-01").offset(duration("-1d")) == datetime("2023-12-31")', 'true'],
    ['datetime("2024-01-02").durationSince(datetime("2024-01-01")) == duration("24h")', 'true'],
    ['datetime("2024-01-01T12:00:00Z").toDate() == datetime("2024-01-01")', 'true'],
    ['datetime("2024-01-01T12:00:00Z").toTime() == duration("12h")', 'true'],
    ['datetime("1969-12-31T23:59:59.999Z").toDate() == datetime("1969-12-31")', 'true'],
    ['datetime("1969-12-31T23:59:59.999Z").toTime() == duration("86399999ms")', 'true'],
    [
      'datetime("1970-01-01").offset(duration("9223372036854775807ms")).offset(duration("1ms")) == 1',
      'error',
    ],
    ['datetime("1970-01-01").offset(duration("-9223372036854775808ms")).toDate() == 1', 'error'],
    [
      'datetime("1970-01-01").offset(duration("-9223372036854775808ms")).toTime() == duration("1ms")',
      'false',
    ],
    [
      'datetime("1970-01-02").durationSince(datetime("1970-01-01").offset(duration("-9223372036854775808ms"))) == 1',
      'error',
    ],
    ['datetime("2024-01-01").offset(1) == 1', 'error'],
    ['context.opened.toDate() == datetime("2024-05-06")', 'true'],
  ],
  duration: [
    ...ok(
      ['1d', '1d2h3m4s5ms', '5ms', '1m1ms', '-1d', '0d', '0000001d', '106751991167d7h12m55s807ms'],
      read('duration'),
    ),
    ...ok(
      ['9223372036854775807ms', '-9223372036854775808ms', '-106751991167d7h12m55s808ms'],
      read('duration'),
    ),
    ...bad(['', '-', '1', '1h1d', '1s1s', '-1d-2h', '1.5h', '1D', '+1d', '1 d', '1ms1s'], read('duration')),
    ...bad(
      ['9223372036854775808ms', '106751991167d7h12m55s808ms', '106751991168d', `${'9'.repeat(40)}d`],
      read('duration'),
    ),
    [
      'duration("1d").toHours() == 24 && duration("1h").toMinutes() == 60 && duration("1m").toSeconds() == 60',
      'true',
    ],
    ['duration("-1500ms").toSeconds() == -1 && duration("-1ms").toDays() == 0', 'true'],
    ['duration("9223372036854775807ms").toMilliseconds() == 9223372036854775807', 'true'],
    ['duration("9223372036854775807ms").toDays() == 106751991167', 'true'],
    ['duration("1h") < duration("61m") && duration("60m") == duration("1h")', 'true'],
    ['duration(1) == 1', 'error'],
    ['duration("1h").toDate() == 1', 'error'],
  ],
};
