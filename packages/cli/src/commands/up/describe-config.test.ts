import { expect, it } from 'vitest';
import { describeConfig } from './describe-config.ts';

const show = (url: string) =>
  describeConfig({ environment: { COUNTERSIGN_DATABASE_URL: url } }).find(
    ({ name }) => name === 'database.url',
  );

it('shows where the database is, and never its password', () => {
  const setting = show('postgresql://gate:s3cr%40t@db.internal:5432/countersign?sslmode=verify-full');
  expect(setting?.value).toBe('postgresql://gate:***@db.internal:5432/countersign?sslmode=verify-full');
  expect(setting?.origin).toBe('COUNTERSIGN_DATABASE_URL');
  expect(show('postgresql://gate@localhost/countersign')?.value).toBe(
    'postgresql://gate@localhost/countersign',
  );
});

it('shows nothing of a URL that it cannot read', () => {
  expect(show('postgresql://gate:s3cr@t@:x:/countersign')?.value).toBe('***');
});
