const slug = '[a-z][a-z0-9-]{0,62}';
const field = '[A-Za-z_][A-Za-z0-9_-]{0,62}';
/** `name`, `name#field`, `store:name` or `store:name#field`; the source of an expression without groups. */
export const secretNamePattern = `(?:${slug}:)?${slug}(?:#${field})?`;
const name = new RegExp(`^(?:(${slug}):)?(${slug})(?:#(${field}))?$`);
export const longestSecretName = 63 * 3 + 2;

export interface SecretName {
  /** Undefined for the default store. */
  readonly store: string | undefined;
  readonly name: string;
  readonly field: string | undefined;
}

/** The parts of a secret's name as settings write it; undefined when it is none. */
export function parseSecretName(text: string): SecretName | undefined {
  const match = name.exec(text);
  return match === null ? undefined : { store: match[1], name: match[2] ?? '', field: match[3] };
}

/** The secret that a reference takes a field of. */
export function dropField(reference: string): string {
  return reference.split('#', 1)[0] ?? '';
}
