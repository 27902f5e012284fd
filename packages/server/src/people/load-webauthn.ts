/** `@simplewebauthn/server`, loaded when somebody first uses a passkey: with its parsers it is a fifth of the start. */
export const loadWebauthn = (): Promise<typeof import('@simplewebauthn/server')> =>
  import('@simplewebauthn/server');
