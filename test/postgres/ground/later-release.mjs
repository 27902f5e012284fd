// Preloaded, it makes of a gateway one of a later release: its schema has one migration more.
import { registerHooks } from 'node:module';

const later = `migrations.push({
  name: '9001-later-release',
  statements: [
    'CREATE TABLE later_things (id TEXT PRIMARY KEY, at {integer} NOT NULL)',
    'ALTER TABLE ledger_entries ADD COLUMN later TEXT',
    'ALTER TABLE tasks ADD COLUMN later {integer} NOT NULL DEFAULT 0',
    "ALTER TABLE agents ADD COLUMN later TEXT NOT NULL DEFAULT ''",
  ],
});`;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith('/database/migrations/index.ts')) return loaded;
    return { ...loaded, source: `${loaded.source}\n${later}` };
  },
});
