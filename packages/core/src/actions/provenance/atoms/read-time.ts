const CLOCK = /^(\d{1,2})(?:[:.](\d{2}))?(?::(\d{2})(?:\.\d{1,6})?)?(am|pm)?(?:z|[+-]\d{2}:?\d{2})?$/;

/** A time of day as `HH:MM`, with seconds only where there are any; `half` is an `am` or `pm` that follows. */
export function readTime(text: string, half?: string): string | undefined {
  const found = text.length > 24 ? null : CLOCK.exec(text);
  if (found === null) return undefined;
  const noon = found[4] ?? half;
  // A number alone is no time, and a dot only separates where something says that it is one.
  if (noon === undefined && !text.includes(':')) return undefined;
  let hour = Number(found[1]);
  if (noon !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (noon === 'pm' ? 12 : 0);
  }
  const minute = found[2] ?? '00';
  if (hour > 23 || minute > '59') return undefined;
  const second = found[3] ?? '00';
  return `${String(hour).padStart(2, '0')}:${minute}${second === '00' ? '' : `:${second}`}`;
}
