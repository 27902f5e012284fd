import { describe, expect, it } from 'vitest';
import { changeHooks } from './claude-code-hooks.ts';

const options = { server: 'http://localhost:7420', keepsPrompts: false };
const settings =
  '{\n  // mine\n  "model": "opus",\n  "hooks": { "PreToolUse": [{ "matcher": "Bash", "hooks": [] }] }\n}\n';

describe('the hooks of Claude Code', () => {
  it('are written once, beside what was there', () => {
    const once = changeHooks(settings, 'settings.json', options);
    expect(changeHooks(once, 'settings.json', options)).toBe(once);
    expect(once).toContain('// mine');
    expect(once).toContain('"matcher": "Bash"');
    expect(once.match(/\/hooks\/claude/g)?.length).toBe(5);
    expect(once.match(/"onFailure": "block"/g)?.length).toBe(5);
    expect(once).toContain('"Authorization": "Bearer $COUNTERSIGN_HOOK"');
    expect(once).toContain('/hooks/claude?event=PreToolUse&wait=50"');
  });

  it('leave the last word to the client where its person wants that', () => {
    const kept = changeHooks('', 'settings.json', { ...options, keepsPrompts: true });
    expect(kept).toContain('/hooks/claude?event=PreToolUse&wait=50&allowed=defer"');
  });

  it('are taken out again', () => {
    const out = changeHooks(changeHooks(settings, 's', options), 's', null);
    expect(out).not.toContain('/hooks/claude');
    expect(out).toContain('"matcher": "Bash"');
  });

  it.each(['[]', '{', '{"hooks": {"PreToolUse": 7}}'])('are not written into %s', (text) => {
    expect(() => changeHooks(text, 'settings.json', options)).toThrow('settings.json');
  });
});
