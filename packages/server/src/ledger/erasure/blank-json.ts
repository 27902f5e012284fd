/** What stands where a text was. */
export const erasedText = '(erased)';

/** Ids are no content, and these few words choose how the rest is shown. */
const id = /^[a-z]{3}_[0-9A-Za-z]{1,64}$/;
const kept: ReadonlySet<string> = new Set(['operation', 'effects', 'kind', 'v']);
/** Their very names are content. */
const emptied: ReadonlySet<string> = new Set(['arguments', 'params', 'input']);

/** The same shape without what it said: every text but ids is blanked, arguments are gone. */
export function blankJson(text: string): string {
  try {
    return JSON.stringify(blank(JSON.parse(text), false));
  } catch {
    return '{}';
  }
}

/** The same text but for the arguments, and for what was drawn by lot: with it, arguments could be tried against its digest. */
export function blankArguments(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), (name, value) => {
      if (emptied.has(name)) return {};
      return name === 'nonce' ? erasedText : value;
    });
  } catch {
    return '{}';
  }
}

function blank(value: unknown, isKept: boolean): unknown {
  if (typeof value === 'string') return isKept || id.test(value) ? value : erasedText;
  if (Array.isArray(value)) return value.map((item) => blank(item, isKept));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [
    name,
    emptied.has(name) ? {} : blank(member, kept.has(name)),
  ]);
  return Object.fromEntries(members);
}
