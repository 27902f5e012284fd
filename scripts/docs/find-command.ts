import type { Tree } from '../check/tree.ts';

const commands = 'packages/cli/src/commands';

/**
 * Why `countersign <words>` would not be understood, or undefined when it would. A command is the file
 * commands/<noun>/<verb>.ts or commands/<verb>.ts; an option is known when that file or a shared one names it.
 */
export function findCommand(words: string, tree: Tree): string | undefined {
  const parts = words.split(/\s+/).filter((part) => part !== '');
  const names = parts.slice(0, parts.findIndex((part) => !/^[a-z][a-z-]*$/.test(part)) >>> 0);
  const [first = '', second = ''] = names;
  const file = [
    `${commands}/${first}/${second}.ts`,
    `${commands}/${first}.ts`,
    `${commands}/${first}/${first}.ts`,
  ].find((path) => tree.has(path));
  if (first !== '' && file === undefined)
    return `the command countersign ${names.slice(0, 2).join(' ')}, which is not there`;
  const texts = [...tree].filter(([path]) => path === file || isShared(path)).map(([, text]) => text);
  const unknown = parts
    .filter((part) => /^--[a-z]/.test(part))
    .map((part) => part.split('=')[0] ?? part)
    .find((option) => !texts.some((text) => text.includes(option)));
  return unknown === undefined ? undefined : `countersign ${first} with ${unknown}, which it does not know`;
}

/** Options of every command stand outside the commands, or beside them in files that are no verb. */
const isShared = (path: string): boolean =>
  path.startsWith('packages/cli/src/') && !path.startsWith(`${commands}/`) && !path.includes('.test.');
