import { createHash } from 'node:crypto';
import { stringify } from 'yaml';

/** What `.` is where a template begins. */
export interface Root {
  readonly Values: unknown;
  readonly Release: Readonly<Record<string, string>>;
  readonly Chart: Readonly<Record<string, unknown>>;
}

export type Partials = Map<string, readonly Node[]>;
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly pipeline: string }
  | {
      readonly kind: 'if' | 'range';
      readonly pipeline: string;
      readonly body: Node[];
      readonly other: Node[];
    }
  | { readonly kind: 'define'; readonly name: string; readonly body: Node[] };

/**
 * Reads the few constructs of Helm's templates that ours use, and throws at every other. It is not Helm: it shows that
 * templates, values and schema fit each other, and what comes out is rendered by Helm alone.
 */
export function parseTemplate(text: string): readonly Node[] {
  const pieces = text.split(/(\{\{-?.*?-?\}\})/s);
  const root: Node[] = [];
  const open: { readonly node: Node; target: Node[] }[] = [];
  const add = (node: Node) => (open.at(-1)?.target ?? root).push(node);
  for (const [at, piece] of pieces.entries()) {
    if (at % 2 === 0) {
      const after = pieces[at - 1]?.endsWith('-}}') ? piece.trimStart() : piece;
      const trimmed = pieces[at + 1]?.startsWith('{{-') ? after.trimEnd() : after;
      if (trimmed !== '') add({ kind: 'text', text: trimmed });
      continue;
    }
    const [, word = '', rest = ''] =
      /^(if|range|else|end|define)?\s*(.*)$/s.exec(piece.replace(/^\{\{-?|-?\}\}$/g, '').trim()) ?? [];
    const block = open.at(-1);
    if (word === 'if' || word === 'range') {
      const node: Node = { kind: word, pipeline: rest, body: [], other: [] };
      add(node);
      open.push({ node, target: node.body });
    } else if (word === 'define') {
      const node: Node = { kind: 'define', name: JSON.parse(rest), body: [] };
      add(node);
      open.push({ node, target: node.body });
    } else if (word === 'else') {
      if (block === undefined || !('other' in block.node) || rest !== '')
        throw new Error(`{{ else ${rest} }} is not known here`);
      block.target = block.node.other;
    } else if (word === 'end') {
      if (open.pop() === undefined) throw new Error('{{ end }} of nothing');
    } else add({ kind: 'value', pipeline: rest });
  }
  if (open.length > 0) throw new Error('an {{ end }} is missing');
  return root;
}

export function collectPartials(nodes: readonly Node[], partials: Partials): void {
  for (const node of nodes) if (node.kind === 'define') partials.set(node.name, node.body);
}

export function renderNodes(nodes: readonly Node[], dot: unknown, partials: Partials): string {
  return nodes.map((node) => renderNode(node, dot, partials)).join('');
}

function renderNode(node: Node, dot: unknown, partials: Partials): string {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'define') return '';
  const value = evaluate(node.pipeline, dot, partials);
  if (node.kind === 'value') return print(value, node.pipeline);
  if (node.kind === 'if') return renderNodes(isTrue(value) ? node.body : node.other, dot, partials);
  const items = Array.isArray(value) ? value : [];
  return items.map((item) => renderNodes(node.body, item, partials)).join('');
}

function print(value: unknown, pipeline: string): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error(`{{ ${pipeline} }} is no text`);
}

/** As in Go: nothing, zero, and everything empty are false. */
function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}

function evaluate(pipeline: string, dot: unknown, partials: Partials): unknown {
  let piped: readonly unknown[] = [];
  for (const part of pipeline.split(' | ')) {
    const words = part.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
    const [first = '', ...others] = words;
    const argumentsOf = [...others.map((word) => readOperand(word, dot)), ...piped];
    piped = [isOperand(first) ? readOperand(first, dot) : call(first, argumentsOf, partials)];
  }
  return piped[0];
}

const isOperand = (word: string): boolean => /^(\.|"|\d)/.test(word);

/** A path that leads nowhere is a mistake in a template: every value has its place in values.yaml. */
function readOperand(word: string, dot: unknown): unknown {
  if (word.startsWith('"') || /^\d/.test(word)) return JSON.parse(word);
  if (!word.startsWith('.')) throw new Error(`${word} is not known`);
  let value = dot;
  for (const key of word.split('.').filter((name) => name !== '')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key))
      throw new Error(`there is no ${word}`);
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

function call(name: string, [first, second]: readonly unknown[], partials: Partials): unknown {
  if (name === 'quote') return JSON.stringify(String(first));
  if (name === 'toYaml') return stringify(first, { lineWidth: 0, sortMapEntries: true }).trimEnd();
  if (name === 'sha256sum') return createHash('sha256').update(String(first)).digest('hex');
  if (name === 'nindent') return `\n${String(second).replaceAll(/^/gm, ' '.repeat(Number(first)))}`;
  if (name === 'default') return isTrue(second) ? second : first;
  if (name === 'not') return !isTrue(first);
  if (name === 'required') {
    if (second === '' || second === undefined || second === null) throw new Error(String(first));
    return second;
  }
  if (name === 'include') {
    const partial = partials.get(String(first));
    if (partial !== undefined) return renderNodes(partial, second, partials).replace(/^\n/, '');
  }
  throw new Error(`${name} is not known`);
}
