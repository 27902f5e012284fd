import { describe, expect, it } from 'vitest';
import { readTree } from './check/tree.ts';
import { checkConfig } from './check-config.ts';

const sound = readTree();
const failuresWith = (path: string, text: string): string =>
  checkConfig(new Map([...sound, [path, text]])).failures.join();

describe('the configuration in the docs', () => {
  it('is what the code reads', () => {
    expect(checkConfig(sound).failures).toEqual([]);
  });

  it('is refused when the schema is old, the example names none, or a setting is not explained', () => {
    expect(failuresWith('docs/countersign.schema.json', '{}')).toContain('not up to date');
    expect(failuresWith('docs/countersign.example.yaml', 'server: {}')).toContain('must name its schema');
    expect(failuresWith('docs/operator.md', '')).toContain('does not name server.port');
  });
});
