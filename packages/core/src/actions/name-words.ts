const LONGEST_NAME = 256;

/** The lower-case words of a name in any spelling: `sendEmail`, `send_email`. Only the beginning of a long one. */
export function splitWords(name: string): string[] {
  return name
    .slice(0, LONGEST_NAME)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
}

export function listWords(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
