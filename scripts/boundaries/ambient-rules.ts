import { isNode, type ParsedSource, type SyntaxNode } from '../check/parse-source.ts';
import { isTest } from '../check/tree.ts';
import type { Finding, Rule } from './rule.ts';

const governed = /^packages\/(core|ledger|api|server)\/src\//;
const platform = 'packages/server/src/platform/';
const randomSources = new Set([
  'randomUUID',
  'randomBytes',
  'randomInt',
  'randomFill',
  'randomFillSync',
  'getRandomValues',
]);
const ambientMembers = new Set(['Date.now', 'performance.now', 'performance.timeOrigin', 'Math.random']);

/** Clock, randomness and fetch are handed in: what a test cannot hand in, it cannot prove. */
export const ambientRules: readonly Rule[] = [
  {
    name: 'no ambient clock, randomness or fetch outside platform/',
    find(source) {
      const { path } = source;
      if (!governed.test(path) || path.startsWith(platform) || isTest(path)) return [];
      const ownsFetch = bindsName(source, 'fetch');
      return source.nodes.flatMap((node): Finding[] => {
        const what = nameAmbient(node, ownsFetch);
        return what === undefined
          ? []
          : [{ path, line: source.lineAt(node.start), message: `uses ${what}: have it handed in` }];
      });
    },
  },
];

function nameAmbient(node: SyntaxNode, ownsFetch: boolean): string | undefined {
  if (node.type === 'MemberExpression') return nameAmbientMember(node);
  if (node.type === 'ImportSpecifier') {
    const imported = nameOf(node.imported);
    return imported !== undefined && randomSources.has(imported) ? imported : undefined;
  }
  if (node.type === 'NewExpression') {
    const bare = Array.isArray(node.arguments) && node.arguments.length === 0;
    return nameOf(node.callee) === 'Date' && bare ? 'new Date()' : undefined;
  }
  if (node.type === 'CallExpression' && nameOf(node.callee) === 'Date') return 'Date()';
  return !ownsFetch && takesFetch(node) ? 'the global fetch' : undefined;
}

/** True when this node calls `fetch` or hands it on. */
function takesFetch(node: SyntaxNode): boolean {
  const given = Array.isArray(node.arguments) ? node.arguments : [];
  const properties =
    node.type === 'ObjectExpression' && Array.isArray(node.properties) ? node.properties : [];
  return [node.callee, node.init, node.right, ...given, ...properties.map(propertyValue)].some(
    (value) => nameOf(value) === 'fetch',
  );
}

function nameAmbientMember(node: SyntaxNode): string | undefined {
  const property = nameOf(node.property);
  const object = nameOf(node.object);
  if (object === undefined || property === undefined) return undefined;
  const full = `${object}.${property}`;
  if (ambientMembers.has(full) || full === 'globalThis.fetch') return full;
  return /crypto$/i.test(object) && randomSources.has(property) ? full : undefined;
}

/** True when the file declares, imports or receives something of this name, so that it is not the global one. */
function bindsName(source: ParsedSource, name: string): boolean {
  return source.nodes.some((node) => {
    if (node.type === 'ImportSpecifier') return nameOf(node.local) === name;
    if (node.type === 'VariableDeclarator' || node.type === 'FunctionDeclaration') {
      if (nameOf(node.id) === name) return true;
    }
    const properties = node.type === 'ObjectPattern' && Array.isArray(node.properties) ? node.properties : [];
    if (properties.some((property) => nameOf(propertyValue(property)) === name)) return true;
    const params = Array.isArray(node.params) ? node.params : [];
    return params.some((param) => nameOf(param) === name);
  });
}

const propertyValue = (value: unknown): unknown => (isNode(value) ? value.value : undefined);

function nameOf(value: unknown): string | undefined {
  return isNode(value) && typeof value.name === 'string' ? value.name : undefined;
}
