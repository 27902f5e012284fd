import type { ASTNode } from '@marcbachmann/cel-js';
import { MappingError } from './mapping-error.ts';

const functions = new Set(['bool', 'double', 'has', 'int', 'size', 'string']);
const methods = new Set(['endsWith', 'hasValue', 'none', 'or', 'orValue', 'size', 'startsWith', 'value']);
const quantifiers = new Set(['all', 'exists', 'exists_one']);
const comparisons = new Set(['==', '!=', '<', '<=', '>', '>=']);
const logic = new Set(['.', '.?', '?:', '&&', '||', '!_', 'id', 'value']);
const MOST_SUMS = 8;

/**
 * Lets through only what takes time linear in its inputs: no patterns, no nested quantifiers, nothing that grows; and
 * takes its nodes from the budget of the mapping. Throws `MappingError`.
 */
export function boundExpression(root: ASTNode, budget: { nodes: number }): void {
  let sums = 0;
  const visit = (node: ASTNode): void => {
    spendNode(budget);
    if (node.op === '+') sums += 1;
    if (sums > MOST_SUMS) throw new MappingError('an expression adds too often');
    if (node.op === 'call' && !functions.has(node.args[0])) throw unknown(node.args[0]);
    if (node.op === 'rcall') {
      const [name, receiver, given] = node.args;
      if (quantifiers.has(name)) {
        visit(receiver);
        for (const one of given) visitEach(one, budget);
        return;
      }
      // Two texts of a caller could be made to take their product to search.
      const isSearch = name === 'contains' && given.every(({ op }) => op === 'value');
      if (!isSearch && !methods.has(name)) throw unknown(name);
    }
    for (const child of listChildren(node)) visit(child);
  };
  visit(root);
}

/** What runs for each item compares with constants only, or it would take the product of two inputs. */
function visitEach(node: ASTNode, budget: { nodes: number }): void {
  spendNode(budget);
  const children = listChildren(node);
  const isComparison = comparisons.has(node.op) && children.some(({ op }) => op === 'value');
  if (!isComparison && !logic.has(node.op))
    throw new MappingError(`${node.op} is not offered within a quantifier`);
  for (const child of children) visitEach(child, budget);
}

function spendNode(budget: { nodes: number }): void {
  budget.nodes -= 1;
  if (budget.nodes < 0) throw new MappingError('the mapping computes too much');
}

function listChildren(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

function unknown(name: string): MappingError {
  return new MappingError(`${name}() is not offered`);
}
