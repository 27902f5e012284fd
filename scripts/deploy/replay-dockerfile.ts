import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { type Instruction, readCopy, readDockerfile, readExec, readPairs } from './read-dockerfile.ts';

export interface ReplayedImage {
  /** What would be `/` in the image. */
  readonly root: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** ENTRYPOINT and CMD. */
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
}

interface Ground {
  readonly context: string;
  readonly place: string;
  readonly environment: NodeJS.ProcessEnv;
  log(line: string): void;
}

/**
 * Does what a Dockerfile says without a container engine: each stage is a folder, and absolute paths are below it. Base
 * images, users and layers are not there, so that this shows that the steps give a tree that runs, and no more.
 */
export async function replayDockerfile(text: string, ground: Ground): Promise<ReplayedImage> {
  let image: ReplayedImage | undefined;
  const stages = readDockerfile(text);
  for (const [at, { name, instructions }] of stages.entries()) {
    const root = join(ground.place, name || 'image');
    const stage = new ReplayedStage(root, ground);
    for (const instruction of instructions) await stage.follow(instruction);
    if (at === stages.length - 1) image = stage.describe();
  }
  if (image === undefined) throw new Error('the Dockerfile has no stage');
  return image;
}

class ReplayedStage {
  readonly #root: string;
  readonly #ground: Ground;
  readonly #words = { ENTRYPOINT: [] as readonly string[], CMD: [] as readonly string[] };
  readonly #environment: Record<string, string> = {};
  #healthcheck: readonly string[] = [];
  #folder = '/';

  constructor(root: string, ground: Ground) {
    this.#root = root;
    this.#ground = ground;
    mkdirSync(root, { recursive: true });
  }

  async follow(instruction: Instruction): Promise<void> {
    const { name, text } = instruction;
    if (name === 'WORKDIR') {
      this.#folder = text;
      mkdirSync(this.#at('.'), { recursive: true });
    } else if (name === 'ENV')
      for (const [key, value] of readPairs(instruction)) this.#environment[key] = this.#inside(value);
    else if (name === 'COPY') this.#copy(instruction);
    else if (name === 'RUN') await this.#run(instruction);
    else if (name === 'ENTRYPOINT' || name === 'CMD') this.#words[name] = readExec(text) ?? [];
    else if (name === 'HEALTHCHECK') this.#healthcheck = readExec(text.replace(/^.*?CMD /, '')) ?? [];
  }

  describe(): ReplayedImage {
    return {
      root: this.#root,
      folder: this.#at('.'),
      environment: this.#environment,
      command: [...this.#words.ENTRYPOINT, ...this.#words.CMD],
      healthcheck: this.#healthcheck,
    };
  }

  #at(path: string): string {
    return path.startsWith('/') ? join(this.#root, path) : join(this.#root, this.#folder, path);
  }

  #inside(value: string): string {
    const map = (part: string) =>
      part.startsWith('/') && !/^\/(usr|s?bin)/.test(part) ? this.#at(part) : part;
    return value.split(delimiter).length > 2 ? value.split(delimiter).map(map).join(delimiter) : map(value);
  }

  #copy(instruction: Instruction): void {
    const { from, sources, target } = readCopy(instruction);
    for (const source of sources) {
      const origin =
        from === undefined ? join(this.#ground.context, source) : join(this.#ground.place, from, source);
      if (!existsSync(origin)) throw new Error(`line ${instruction.line}: there is no ${source}`);
      const isFolder = statSync(origin).isDirectory();
      const end =
        target.endsWith('/') && !isFolder ? join(this.#at(target), basename(source)) : this.#at(target);
      mkdirSync(isFolder ? end : dirname(end), { recursive: true });
      const filter = (path: string) =>
        from !== undefined || !/\/(node_modules|dist|\.cache)(\/|$)/.test(path.slice(origin.length));
      cpSync(origin, end, { recursive: true, verbatimSymlinks: true, filter });
    }
  }

  #run({ text, line }: Instruction): Promise<void> {
    const [program, ...words] = readExec(text) ?? ['sh', '-c', text];
    this.#ground.log(`RUN ${text}`);
    return new Promise((resolve, reject) => {
      const child = spawn(program ?? '', words, {
        cwd: this.#at('.'),
        env: { ...this.#ground.environment, ...this.#environment },
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      child.on('error', reject);
      child.on('close', (code) =>
        code === 0 ? resolve() : reject(new Error(`line ${line} ended with ${code}`)),
      );
    });
  }
}
