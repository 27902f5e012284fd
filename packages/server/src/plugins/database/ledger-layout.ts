/**
 * `ledger_nodes` keeps the tree's node hashes of every eighth level: one row for 256 leaves. Leaf hashes come from the
 * entries themselves, and the levels between are computed when a proof needs them.
 */
export const keptLevels = 8;
