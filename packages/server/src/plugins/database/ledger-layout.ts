/**
 * `ledger_nodes` keeps the tree's node hashes of every fourth level: one row for 16 leaves. Leaf hashes come from the
 * entries themselves, and the levels between are computed when a proof needs them: 15 hashes a level that is kept.
 */
export const keptLevels = 4;
