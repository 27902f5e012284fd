import { secretNamePattern } from '../plugins/secret-store/secret-name.ts';

const reference = new RegExp(`\\{secret:(${secretNamePattern})\\}`, 'g');

/** The secrets a setting refers to as `{secret:name}` or `{secret:store:name#field}`; undefined when it holds something that only looks like one. */
export function findSecretNames(value: string): readonly string[] | undefined {
  const names = [...value.matchAll(reference)].map((match) => match[1] ?? '');
  return value.replaceAll(reference, '').includes('{secret:') ? undefined : names;
}

/** Puts values in the place of references. Throws what `readValue` throws. */
export function fillSecrets(value: string, readValue: (name: string) => string): string {
  return value.replaceAll(reference, (_, name: string) => readValue(name));
}
