import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJson } from './decode-json.ts';
import { decodeProtobuf } from './decode-protobuf.ts';
import { encodeProtobuf } from './encode-protobuf.fixture.ts';

const traces = 'ExportTraceServiceRequest';
const known = new Set(['task.telemetry_invalid', 'action.too_large']);
const json = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

const hex = (length: number) =>
  fc
    .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
    .filter((id) => !/^0+$/.test(id));
const nanos = fc.bigInt(1_000_000n, 8_000_000_000_000_000_000n).map(String);
const { anyValue } = fc.letrec<{ anyValue: object }>((tie) => ({
  anyValue: fc.oneof(
    { maxDepth: 3 },
    fc.record({ stringValue: fc.string({ unit: 'grapheme' }) }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String) }),
    fc.record({ doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
    fc.record({
      bytesValue: fc.uint8Array({ maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    }),
    fc.record({
      arrayValue: fc.record({ values: fc.array(tie('anyValue'), { minLength: 1, maxLength: 3 }) }),
    }),
    fc.record({
      kvlistValue: fc.record({
        values: fc.array(fc.record({ key: fc.string(), value: tie('anyValue') }), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
    }),
  ),
}));
const attributes = fc.array(fc.record({ key: fc.string(), value: anyValue }), { minLength: 1, maxLength: 4 });
const span = fc.record({
  ...{ traceId: hex(32), spanId: hex(16), name: fc.string(), attributes },
  ...{ startTimeUnixNano: nanos, endTimeUnixNano: nanos },
  status: fc.record({ message: fc.string(), code: fc.constantFrom(0, 1, 2) }),
  events: fc.array(fc.record({ name: fc.string(), attributes }), { minLength: 1, maxLength: 2 }),
});
const request = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      scopeSpans: fc.array(fc.record({ spans: fc.array(span, { minLength: 1, maxLength: 3 }) }), {
        minLength: 1,
        maxLength: 2,
      }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

describe('an export', () => {
  it('means the same in both forms', () => {
    fc.assert(
      fc.property(request, (given) => {
        const protobuf = decodeProtobuf(encodeProtobuf(given, traces), traces);
        // Zero has a sign on one wire and none on the other.
        expect(JSON.stringify(protobuf)).toBe(JSON.stringify(decodeJson(json(given), traces)));
      }),
      { numRuns: 200 },
    );
  });

  it('is refused in known words, whatever the bytes are', () => {
    const decode = (run: () => object) => {
      try {
        expect(run()).toBeTypeOf('object');
      } catch (thrown) {
        expect(known).toContain(Reflect.get(Object(thrown), 'code'));
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        decode(() => decodeProtobuf(bytes, traces));
        decode(() => decodeJson(bytes, traces));
      }),
      { numRuns: 2_000 },
    );
    // A true one with some bytes changed gets further in than noise.
    fc.assert(
      fc.property(request, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), (given, changes) => {
        const bytes = encodeProtobuf(given, traces);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        decode(() => decodeProtobuf(bytes, traces));
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.jsonValue(), (value) => decode(() => decodeJson(json(value), traces))));
  });

  it('is refused when it ends early', () => {
    const bytes = encodeProtobuf(
      { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'a span' }] }] }] },
      traces,
    );
    for (let end = 1; end < bytes.length; end += 1)
      expect(() => decodeProtobuf(bytes.subarray(0, end), traces)).toThrow(
        expect.objectContaining({ code: 'task.telemetry_invalid' }),
      );
  });

  it('costs only so much, however little it takes on the wire', () => {
    const tooLarge = expect.objectContaining({ code: 'action.too_large' });
    const many = new BinaryWriter();
    for (let count = 0; count < 200_001; count += 1)
      many.tag(1, WireType.LengthDelimited).bytes(new Uint8Array());
    expect(() => decodeProtobuf(many.finish(), traces)).toThrow(tooLarge);
    expect(() => decodeJson(json(`{"resourceSpans":[${'{},'.repeat(200_001)}{}]}`), traces)).toThrow(
      tooLarge,
    );
  });

  it('is no deeper than the stack is', () => {
    let value = new BinaryWriter().tag(2, WireType.Varint).bool(true).finish();
    for (let depth = 0; depth < 2_000; depth += 1) {
      const inner = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(value).finish();
      value = new BinaryWriter().tag(5, WireType.LengthDelimited).bytes(inner).finish();
    }
    const tooLarge = expect.objectContaining({ code: 'action.too_large' });
    expect(() => decodeProtobuf(value, 'AnyValue')).toThrow(tooLarge);
    const text = `${'{"arrayValue":{"values":['.repeat(2_000)}{"boolValue":true}${']}}'.repeat(2_000)}`;
    expect(() => decodeJson(json(text), 'AnyValue')).toThrow(tooLarge);
    // Groups are long gone from the format, and nest as well.
    const groups = new Uint8Array(10_000).fill((99 << 3) | WireType.StartGroup);
    expect(() => decodeProtobuf(groups, traces)).toThrow(
      expect.objectContaining({ code: 'task.telemetry_invalid' }),
    );
  });

  it('passes over what is not read here', () => {
    const unknown = new BinaryWriter()
      .tag(1000, WireType.LengthDelimited)
      .string('x')
      .tag(3, WireType.Varint)
      .int32(7);
    expect(decodeProtobuf(unknown.finish(), traces)).toEqual({});
    const given = { resourceSpans: [], ['__proto__']: 1, constructor: {}, more: [{}] };
    expect(decodeJson(json(given), traces)).toEqual({ resourceSpans: [] });
    const links = { name: 'a', links: [{}], kind: 3, traceState: 'x', flags: 1 };
    expect(decodeJson(json(links), 'Span')).toEqual({ name: 'a' });
  });

  it('has no id that is all zero, too short or no hexadecimal, and no time that is none', () => {
    const given = {
      ...{ traceId: '0'.repeat(32), spanId: 'abc', parentSpanId: 'g'.repeat(16) },
      ...{ startTimeUnixNano: '0', endTimeUnixNano: '18446744073709551615' },
    };
    const read = decodeJson(json(given), 'Span');
    expect(JSON.parse(JSON.stringify(read))).toEqual({ endTimeUnixNano: 18_446_744_073_709 });
  });
});
