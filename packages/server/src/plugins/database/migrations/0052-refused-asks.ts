/** A refused request keeps no digest of what was asked, which an erasure could not reach. */
export const migration0052 = {
  name: '0052-refused-asks',
  statements: [`UPDATE backchannel_asks SET ask_digest = '' WHERE approval_id IS NULL`],
} as const;
