import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('snippets/', import.meta.url);
const page = readFileSync(new URL('../../docs/hooks.md', import.meta.url), 'utf8');

describe('hook.snippets', () => {
  it.each(readdirSync(folder).filter((name) => name !== 'app.ts'))(
    'shows %s as it is type-checked',
    (name) => {
      const code = readFileSync(new URL(name, folder), 'utf8');
      expect(page).toContain(`\`\`\`ts\n${code}\`\`\``);
    },
  );
});
