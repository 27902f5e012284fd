import type { Selectable } from 'kysely';
import type { Schema } from '../../plugins/database/schema.ts';

export type ReceivedRow = Selectable<Schema['signals_received']>;
