export * from '../open-test-store.ts';
