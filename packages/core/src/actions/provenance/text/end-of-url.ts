/** Where an URL ends whose authority begins at `from`: at a blank or a delimiter of RFC 3986 App. C, without the sentence's own punctuation. */
export function endOfUrl(text: string, from: number): number {
  let end = from;
  let open = 0;
  let close = 0;
  for (; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    if (unit <= 32 || STOPS.has(unit)) break;
    if (unit === 40) open++;
    else if (unit === 41) close++;
  }
  for (; end > from; end--) {
    const unit = text.charCodeAt(end - 1);
    if (unit === 41 && close > open) close--;
    else if (!TRAILING.has(unit)) break;
  }
  return end;
}

const STOPS = unitsOf('"\'<>`{}|\\^');
const TRAILING = unitsOf('.,;:!?*]');

function unitsOf(signs: string): ReadonlySet<number> {
  return new Set([...signs].map((sign) => sign.charCodeAt(0)));
}
