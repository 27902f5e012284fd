import type { ASTNode } from '@marcbachmann/cel-js';
import { MappingError } from './mapping-error.ts';

const functions = new Set(['bool', 'double', 'has', 'int', 'size', 'string']);
const methods = new Set(['endsWith', 'hasValue', 'none', 'or', 'orValue', 'size', 'startsWith', 'value']);
const quantifiers = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);
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
        const [item, ...bodies] = given;
        if (item?.op !== 'id' || bodies.length !== 1) throw unknown(name);
        spendNode(budget);
        for (const one of bodies) visitEach(one, item.args, budget);
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

/**
 * What runs for each item compares with constants only, or it would take the product of two inputs; and it may look
 * something up by what the item says.
 */
function visitEach(node: ASTNode, item: string, budget: { nodes: number }): void {
  spendNode(budget);
  if (node.op === '[]' || node.op === '[?]') {
    const [receiver, key] = node.args;
    if (!isKey(key, item, budget))
      throw new MappingError('only what the item says is looked up for each item');
    visitEach(receiver, item, budget);
    return;
  }
  if (node.op === 'call' || node.op === 'rcall') {
    visitCall(node, item, budget);
    return;
  }
  const children = listChildren(node);
  const isComparison = comparisons.has(node.op) && children.some(({ op }) => op === 'value');
  if (!isComparison && !logic.has(node.op))
    throw new MappingError(`${node.op} is not offered within a quantifier`);
  for (const child of children) visitEach(child, item, budget);
}

/** The size of the item itself, whether its text begins or ends with a constant, and a constant for what is not there. */
function visitCall(node: ASTNode, item: string, budget: { nodes: number }): void {
  if (node.op === 'call') {
    const [name, [only, ...others]] = node.args;
    if (name === 'size' && only !== undefined && others.length === 0 && isOfItem(only, item, budget)) return;
  }
  if (node.op === 'rcall') {
    const [name, receiver, given] = node.args;
    const isConstant = given.every(({ op }) => op === 'value');
    for (let at = 0; at < given.length; at++) spendNode(budget);
    if (isConstant && (name === 'orValue' || name === 'hasValue')) {
      visitEach(receiver, item, budget);
      return;
    }
    const isTest = name === 'startsWith' || name === 'endsWith';
    if (isConstant && isTest && isOfItem(receiver, item, budget)) return;
  }
  throw new MappingError('this call is not offered within a quantifier');
}

/** A path into the item, or into what is found by it: over all items that is no more than there is. */
function isOfItem(node: ASTNode, item: string, budget: { nodes: number }): boolean {
  spendNode(budget);
  if (node.op === 'id') return node.args === item;
  if (node.op === '.') return isOfItem(node.args[0], item, budget);
  if (node.op !== '[]') return false;
  const [receiver, key] = node.args;
  if (key.op === 'id' && key.args === item) {
    visitEach(receiver, item, budget);
    return true;
  }
  return key.op === 'value' && isOfItem(receiver, item, budget);
}

/** Put together of what the item says and constants. It is only looked up, so that nothing grows by it. */
function isKey(node: ASTNode, item: string, budget: { nodes: number }): boolean {
  if (node.op === 'value') {
    spendNode(budget);
    return true;
  }
  if (node.op !== '+') return isOfItem(node, item, budget);
  spendNode(budget);
  return node.args.every((part) => isKey(part, item, budget));
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
