const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['commat', '@'],
  ['period', '.'],
  ['sol', '/'],
  ['colon', ':'],
  ['lowbar', '_'],
  ['plus', '+'],
  ['equals', '='],
  ['quest', '?'],
]);

/** HTML's character references, those with a number and those that addresses are hidden with; undefined where there are none. */
export function decodeEntities(text: string): string | undefined {
  if (!text.includes('&')) return undefined;
  const decoded = text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));?/gi,
    (whole, hex, decimal, name) => {
      if (name !== undefined) return NAMED.get(String(name).toLowerCase()) ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
  return decoded === text ? undefined : decoded;
}
