/** HTTP APIs behind the gateway, by the document that describes them. */
export const migration0012 = {
  name: '0012-http-apis',
  statements: ['ALTER TABLE upstreams ADD COLUMN document TEXT'],
} as const;
