import { describe, expect, it } from 'vitest';
import { exposeUri, readExposedUri } from './exposed-uri.ts';

describe('exposeUri', () => {
  it('reads back as it was, whatever the URI is, and is a URI for others', () => {
    const uris = [
      'file:///a/b.txt?x=1#y',
      'test://template/{id}/data',
      'https://[::1]/é',
      'urn:a:b',
      'countersign+other:file:///a',
      'a\nb',
    ];
    for (const uri of uris) {
      const exposed = exposeUri('a-b', uri);
      expect(readExposedUri(exposed)).toEqual({ upstream: 'a-b', name: uri });
      expect(new URL(exposed).protocol).toBe('countersign+a-b:');
    }
  });

  it('is not read from anything else', () => {
    for (const uri of [
      '',
      'file:///a',
      'countersign+:x',
      'countersign+a:',
      'countersign+A:x',
      'xcountersign+a:x',
    ])
      expect(readExposedUri(uri)).toBeUndefined();
  });
});
