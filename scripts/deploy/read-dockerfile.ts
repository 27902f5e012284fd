/** One line of a Dockerfile, continuation lines joined, comments gone. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
  readonly line: number;
}

export interface Stage {
  readonly image: string;
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile in their order. Understands what ours uses: no variables, no heredocs, no mounts. */
export function readDockerfile(text: string): readonly Stage[] {
  const stages: (Stage & { readonly instructions: Instruction[] })[] = [];
  for (const instruction of readInstructions(text)) {
    if (instruction.name === 'FROM') {
      const [, image = '', name = ''] = /^(\S+)(?: AS (\S+))?$/.exec(instruction.text) ?? [];
      stages.push({ image, name, instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error(`line ${instruction.line} stands before the first FROM`);
    stage.instructions.push(instruction);
  }
  return stages;
}

function readInstructions(text: string): Instruction[] {
  const instructions: Instruction[] = [];
  let [joined, start] = ['', 0];
  for (const [at, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    if (joined === '') start = at + 1;
    joined += line.replace(/\\$/, '');
    if (line.endsWith('\\')) continue;
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/s.exec(joined) ?? [];
    instructions.push({ name, text: rest.replace(/\s+/g, ' ').trim(), line: start });
    joined = '';
  }
  return instructions;
}

export interface Copy {
  /** Name of the stage; undefined from the build context. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

export function readCopy({ text }: Instruction): Copy {
  const words = text.split(' ').filter((word) => !word.startsWith('--'));
  const [, from] = /--from=(\S+)/.exec(text) ?? [];
  return { from, sources: words.slice(0, -1), target: words.at(-1) ?? '' };
}

/** `KEY=value` pairs of ENV, without the quotes. */
export function readPairs({ text }: Instruction): readonly (readonly [string, string])[] {
  return [...text.matchAll(/([\w.]+)=("[^"]*"|\S+)/g)].map(
    ([, key = '', value = '']) => [key, value.replace(/^"|"$/g, '')] as const,
  );
}

/** The words of an instruction in its exec form, which needs no shell; undefined for a line that does. */
export function readExec(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  const words: unknown = JSON.parse(text);
  return Array.isArray(words) ? words.map(String) : undefined;
}
