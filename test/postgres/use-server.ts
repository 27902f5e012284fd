import { inject } from 'vitest';

// From here on every store that a test opens, in its own process or in one that it starts, is on this server.
process.env.TEST_POSTGRES_URL = inject('postgresUrl');
