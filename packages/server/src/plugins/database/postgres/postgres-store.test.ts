import { testDatabase } from '../database.contract.ts';
import { openPostgresTestStore } from './open-postgres-test-store.ts';

testDatabase({
  name: 'postgres',
  open: (options) => openPostgresTestStore(process.env.TEST_POSTGRES_URL ?? '', options),
  writeBytes: (hex) => `'\\x${hex}'::bytea`,
  slowRead: 'SELECT count(*) FROM generate_series(1, 8000000)',
  inUse: 'server.database_in_use',
  newer: 'server.database_newer',
});
