const PLAIN: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', ' '],
  ['f', ' '],
]);

/** The escapes of JSON and of programming languages; undefined where there are none. */
export function decodeEscapes(text: string): string | undefined {
  if (!text.includes('\\')) return undefined;
  return text.replace(
    /\\(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2})|(.))/gi,
    (whole, long, four, two, sign) => {
      if (sign !== undefined) return PLAIN.get(sign) ?? sign;
      const code = Number.parseInt(long ?? four ?? two, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
