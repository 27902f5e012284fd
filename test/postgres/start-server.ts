import { startPostgres } from '@countersign/testkit';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgresUrl: string;
  }
}

/**
 * One real PostgreSQL for the whole project. Nothing is synced: what a killed process or a lost disk does is the
 * business of test/faults, where everything is.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres({ isDurable: false });
  project.provide('postgresUrl', server.url);
  return () => server.remove();
}
