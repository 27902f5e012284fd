/** Singular of a plural; the word itself where it is none. */
export function toSingular(word: string): string {
  const base = word.replace(/'s?$/, '');
  if (base.length < 4 || base.endsWith('ss') || base.endsWith('us') || base.endsWith('is')) return base;
  if (base.endsWith('ies')) return `${base.slice(0, -3)}y`;
  if (/(?:s|x|z|ch|sh)es$/.test(base)) return base.slice(0, -2);
  return base.endsWith('s') ? base.slice(0, -1) : base;
}

/** What `word` may be an -ing form of; with `isPassive`, a participle also: (to be) `cancelled`. */
export function listBaseForms(word: string, isPassive: boolean): readonly string[] {
  const stem = /^(.{2,})ing$/.exec(word)?.[1] ?? (isPassive ? /^(.{2,})ed$/.exec(word)?.[1] : undefined);
  const irregular = isPassive ? PARTICIPLES.get(word) : undefined;
  const forms = [word, ...(irregular === undefined ? [] : [irregular])];
  if (stem === undefined) return forms;
  if (stem.endsWith('i')) forms.push(`${stem.slice(0, -1)}y`);
  if (/([b-df-hj-np-tv-z])\1$/.test(stem)) forms.push(stem.slice(0, -1));
  return [...forms, stem, `${stem}e`];
}

const PARTICIPLES: ReadonlyMap<string, string> = new Map([
  ['sent', 'send'],
  ['paid', 'pay'],
  ['bought', 'buy'],
  ['made', 'make'],
  ['written', 'write'],
  ['given', 'give'],
  ['told', 'tell'],
  ['put', 'put'],
  ['set', 'set'],
]);
