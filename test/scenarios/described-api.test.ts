import { startGateway, type TestGateway } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
}, 60_000);
afterAll(() => gateway.stop());

interface Operation {
  readonly responses?: Readonly<Record<string, unknown>>;
}

describe('server.api-described', () => {
  it('tells every client in OpenAPI what it may ask of each noun', async () => {
    const response = await fetch(`${gateway.url}/openapi.json`);
    expect(response.status).toBe(200);
    const document = (await response.json()) as {
      readonly openapi: string;
      readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    };
    expect(document.openapi).toBe('3.1.0');
    const nouns = new Set(Object.keys(document.paths).map((path) => path.split('/')[2]));
    const promised = ['agents', 'approvals', 'delegations', 'exposure', 'ledger', 'people', 'policies'];
    for (const noun of [...promised, 'reviews', 'secrets', 'signals', 'tasks', 'tokens', 'upstreams'])
      expect(nouns, noun).toContain(noun);
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    expect(operations.filter(({ responses = {} }) => Object.keys(responses).length === 0)).toEqual([]);
  });
});
