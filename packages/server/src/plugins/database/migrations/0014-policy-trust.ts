/** Since when the official engine decides a bundle that the compiled policies do not decide alike. */
export const migration0014 = {
  name: '0014-policy-trust',
  statements: [`ALTER TABLE policy_bundles ADD COLUMN quarantined_at {integer}`],
} as const;
