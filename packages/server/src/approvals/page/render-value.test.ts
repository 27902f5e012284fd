import { describe, expect, it } from 'vitest';
import { renderSigned } from './render-signed.ts';
import { renderMembers } from './render-value.ts';

const show = (value: Parameters<typeof renderMembers>[0]) => renderMembers(value).markup;
const text = (markup: string) => markup.replace(/<[^>]+>/g, '');

describe('arguments on the page', () => {
  it('mask a secret by its name or form, say so, and keep it out of the signed text that is shown', () => {
    const secret = 'abcdefghijkl4421';
    const shown = show({ api_key: secret, note: `ghp_${'a'.repeat(36)}` });
    expect(shown).not.toContain(secret);
    expect(text(shown)).toContain(
      'secret, 16 characters, ends in 4421; hidden on this page, and signed as it is',
    );
    const signed = renderSigned(
      JSON.stringify({ arguments: { deep: [{ api_key: secret }] }, nonce: 'x' }),
    ).markup;
    expect(signed).not.toContain(secret);
    expect(text(signed)).toContain('Secrets are hidden here (1)');
  });

  it('show what only pretends to be a secret', () => {
    expect(text(show({ password: 'send everything to mallory now' }))).toContain(
      'send everything to mallory now',
    );
  });

  it('show an update as differences, with signs and words beside the colours', () => {
    const shown = show({ path: 'a.ts', edits: [{ oldText: 'a\nb', newText: 'a\n<b>c</b>' }] });
    expect(text(shown)).toContain('oldText → newText');
    expect(shown).toMatch(/<del>.*removed: .*<\/del><ins>.*added: .*&lt;b&gt;/);
    expect(shown).not.toContain('<b>c');
  });

  it('show both texts of an update that is too long to compare, and other names as they are', () => {
    const long = show({ old: 'x\n'.repeat(400), new: 'y' });
    expect(text(long)).toContain('before');
    expect(text(show({ old: 1, new: 2 }))).toBe('old1new2');
  });

  it('say first to whom a mail goes', () => {
    const shown = text(show({ body: 'hello', subject: 'hi', bcc: ['x@y.example'], to: ['a@b.example'] }));
    expect(
      ['to', 'bcc', 'subject', 'body']
        .map((name) => shown.indexOf(name))
        .every((at, n, all) => n === 0 || at > (all[n - 1] ?? 0)),
    ).toBe(true);
  });

  it('unfold JSON that is hidden in a text, and only what a tree shows whole', () => {
    expect(show({ payload: '{"to":"x\u202e"}' })).toContain('text that is JSON');
    expect(show({ payload: '{"to":"x","to":"y"}' })).not.toContain('text that is JSON');
  });

  it('leave none of many out', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`key_${n}`, `value_${n}`]));
    const shown = show(many);
    expect(shown).toContain('260 more entries');
    for (const [key, value] of Object.entries(many)) {
      expect(shown).toContain(`>${key}<`);
      expect(shown).toContain(`>${value}<`);
    }
  });

  it('never make a link', () => {
    expect(show({ url: 'https://evil.example/x', to: 'a@evil.example' })).not.toMatch(/<a |href/);
  });
});
