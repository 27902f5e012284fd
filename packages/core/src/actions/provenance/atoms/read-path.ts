const LONGEST = 1024;

/** A path with its `.` and `..` resolved and one slash between names, `/` for `\`. Undefined when it leads above where it begins. */
export function readPath(text: string): string | undefined {
  if (text.length > LONGEST) return undefined;
  const names: string[] = [];
  for (const name of text.replaceAll('\\', '/').split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.pop() === undefined) return undefined;
  }
  return `${/^[/\\]/.test(text) ? '/' : ''}${names.join('/')}`;
}
