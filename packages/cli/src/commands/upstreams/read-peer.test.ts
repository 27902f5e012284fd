import { describe, expect, it } from 'vitest';
import { CliError } from '../../cli-error.ts';
import { readPeer } from './read-peer.ts';

describe('readPeer', () => {
  it('reads a peer agent and who signs its card', () => {
    expect(
      readPeer({ a2a: 'https://peer.example', signedBy: 'https://peer.example/jwks', direct: true }),
    ).toEqual({
      kind: 'a2a',
      settings: {
        url: 'https://peer.example',
        signedBy: { jwksUrl: 'https://peer.example/jwks' },
        direct: true,
      },
    });
    expect(readPeer({})).toBeUndefined();
  });

  it.each([
    { card: 'https://x.example' },
    { signedBy: 'https://x.example' },
    { direct: true },
    { agent: 'agt_x' },
  ])('refuses %o without a peer', (options) => {
    expect(() => readPeer(options)).toThrow(CliError);
  });
});
