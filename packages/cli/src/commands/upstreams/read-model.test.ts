import { describe, expect, it } from 'vitest';
import { CliError } from '../../cli-error.ts';
import { readModel } from './read-model.ts';

describe('readModel', () => {
  it('knows the providers that are presets, and where each takes its key', () => {
    expect(readModel({ preset: 'openai', secret: 'k' })?.settings).toEqual({
      ...{ url: 'https://api.openai.com/v1', provider: 'openai' },
      headers: { authorization: 'Bearer {secret:k}' },
    });
    expect(readModel({ preset: 'anthropic', secret: 'k' })?.settings).toMatchObject({
      headers: { 'x-api-key': '{secret:k}' },
    });
  });

  it('takes another address of the same API, and headers of its own', () => {
    const place = { model: 'openai', server: 'http://127.0.0.1:1/v1', allowPrivate: true, timeout: 9 };
    expect(readModel({ ...place, header: ['X-Team: a'], hostedTool: ['web_search'] })?.settings).toEqual({
      ...{ url: 'http://127.0.0.1:1/v1', provider: 'openai', allowPrivate: true, timeoutSeconds: 9 },
      ...{ headers: { 'X-Team': 'a' }, hostedTools: ['web_search'] },
    });
  });

  it('is none where none is asked for', () => {
    expect(readModel({ preset: 'claude-code', server: 'https://a.example' })).toBeUndefined();
    expect(() => readModel({ secret: 'k' })).toThrow(CliError);
    expect(() => readModel({ model: 'openai' })).toThrow('--server');
  });
});
