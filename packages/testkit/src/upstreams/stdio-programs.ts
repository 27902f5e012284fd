import { fileURLToPath } from 'node:url';

export interface StdioProgram {
  readonly command: string;
  readonly args: readonly string[];
}

/** The fixture as a program to be started as an upstream. */
export function everythingProgram(): StdioProgram {
  return program('./everything/everything-stdio.ts');
}

/** A program that misbehaves in the named way once it is called. */
export function hostileProgram(mode: string): StdioProgram {
  return program('./hostile/hostile-stdio.ts', mode);
}

function program(file: string, ...args: string[]): StdioProgram {
  const source = fileURLToPath(new URL(file, import.meta.url));
  return {
    command: process.execPath,
    args: ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning', source, ...args],
  };
}
