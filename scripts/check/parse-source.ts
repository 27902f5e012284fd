import { parseSync } from 'oxc-parser';

/** A node of the syntax tree, as far as the checks look into it. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export interface ImportSite {
  readonly specifier: string;
  readonly line: number;
}

export interface ParsedSource {
  readonly path: string;
  readonly text: string;
  readonly nodes: readonly SyntaxNode[];
  readonly imports: readonly ImportSite[];
  lineAt(offset: number): number;
}

/** Parses one TypeScript or JavaScript file. Throws when it does not parse, so that no file escapes the checks. */
export function parseSource(path: string, text: string): ParsedSource {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error) throw new Error(`${path}: ${error.message}`);
  const starts = listLineStarts(text);
  const lineAt = (offset: number): number => findLine(starts, offset);
  const nodes: SyntaxNode[] = [];
  collectNodes(program, nodes);
  const imports = nodes.flatMap((node) => {
    const specifier = readSpecifier(node);
    return specifier === undefined ? [] : [{ specifier, line: lineAt(node.start) }];
  });
  return { path, text, nodes, imports, lineAt };
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string';
}

function collectNodes(value: unknown, into: SyntaxNode[]): void {
  if (Array.isArray(value)) {
    for (const item of value) collectNodes(item, into);
  } else if (isNode(value)) {
    into.push(value);
    for (const key of Object.keys(value)) {
      const child = value[key];
      if (typeof child === 'object' && child !== null) collectNodes(child, into);
    }
  }
}

const importTypes = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function readSpecifier(node: SyntaxNode): string | undefined {
  if (!importTypes.has(node.type)) return undefined;
  const source = isNode(node.source) ? node.source : undefined;
  return typeof source?.value === 'string' ? source.value : undefined;
}

function listLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function findLine(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
