import { behaviour } from './requirement.ts';

const fault = (file: string) => `test/faults/${file}.test.ts`;

/** What holds when the machine, the disk, the clock or whatever stands behind the gateway fails. */
export const faults = [
  behaviour(
    'server.killed',
    fault('kill'),
    'Killed at random moments under load, it has decided all that went out and lost nothing it acknowledged.',
  ),
  behaviour(
    'policy.never-overspent',
    fault('budgets'),
    'Of money, calls and delegated budgets 64 callers at once spend what there is and not one unit more, on either database and through a kill.',
  ),
  behaviour(
    'server.closed-under-load',
    fault('closed-under-load'),
    'Stopped in the middle of calls, it ends whole: nothing fails afterwards that nobody hears of.',
  ),
  behaviour(
    'ledger.disk-full-and-back',
    fault('disk'),
    'A full disk refuses calls before they go out, and once there is room they work again without a restart.',
  ),
  behaviour(
    'server.clock-jump',
    fault('clock'),
    'A clock that jumps an hour either way prolongs and revives nothing, and the ledger keeps its order.',
  ),
  behaviour(
    'server.one-process',
    fault('second-process'),
    'One process has a data folder: not two that start at once, and the next one when the first is killed.',
  ),
  behaviour(
    'ledger.tampered-at-rest',
    fault('tampered'),
    'A data folder that was changed behind its back is not served, or is found out by an export.',
  ),
  behaviour(
    'upstream.hostile-under-load',
    fault('upstreams'),
    'Upstreams that hang, crash, flood and lie at once cost a bound of time and memory, and others nothing.',
  ),
  behaviour(
    'server.killed-on-postgres',
    fault('postgres-kill'),
    'What holds for a killed server holds with its data on PostgreSQL.',
  ),
  behaviour(
    'ledger.postgres-stopped-and-back',
    fault('postgres'),
    'While PostgreSQL is stopped or crashed every call is refused before it goes out, and afterwards they work again.',
  ),
  behaviour(
    'server.up-on-postgres',
    'test/postgres/up.test.ts',
    'The command line starts a gateway on PostgreSQL, and no output of it holds the password.',
  ),
  behaviour(
    'server.one-gateway-a-database',
    fault('postgres'),
    'A second gateway on a database is refused where none names a signal bus, and one that lost it to another writes nothing more.',
  ),
  behaviour(
    'server.up-any-number',
    'test/postgres/shared-up.test.ts',
    'Gateways that name a signal bus share a database, however many start at the same moment; one whose place was taken starts again by itself.',
  ),
  behaviour(
    'server.rolling-upgrade',
    'test/postgres/rolling-upgrade.test.ts',
    'A gateway of a later release changes the schema while one of the release before loses no call; both serve, and the earlier is not started again.',
  ),
  behaviour(
    'server.upgrade-additive',
    'packages/server/src/plugins/database/migrations/migrations.test.ts',
    'A migration takes nothing away from the release before, or says why it waits until all of its gateways have ended.',
  ),
  behaviour(
    'server.upgrade-waits',
    'packages/server/src/plugins/database/postgres/migrate-postgres-store.test.ts',
    'A migration that has to wait changes nothing while another gateway runs, and lets none come back that had lost its session.',
  ),
  behaviour(
    'server.container',
    'scripts/deploy/container.test.ts',
    'The image is built from the lock file on the pinned Node, runs without a shell as nobody in particular, and holds all that runs.',
  ),
  behaviour(
    'server.compose',
    'scripts/deploy/compose.test.ts',
    'The compose file runs any number of gateways with settings that they know, and makes each secret once.',
  ),
  behaviour(
    'server.helm-chart',
    'scripts/deploy/chart.test.ts',
    'The chart holds no secret, refuses values it does not know, and replaces one gateway after the other without more rights than it needs.',
  ),
  behaviour(
    'task.at-one-gateway',
    'packages/server/src/tasks/leases/leases.gateways.test.ts',
    'Calls of a task that come to several gateways are decided by one history and one budget, whatever the bus loses, delays or doubles.',
  ),
  behaviour(
    'task.outlives-its-gateway',
    'test/postgres/shared-task.test.ts',
    'A task goes on at another gateway when its own is killed in a call, once that call is recorded as ended nobody knows how.',
  ),
  behaviour(
    'delegation.spent-by-many-gateways',
    'packages/server/src/tasks/slices/slices.gateways.test.ts',
    'Sixty-four callers at four gateways spend a delegated budget to the last unit and not one beyond; what a dead gateway had not used is there again.',
  ),
  behaviour(
    'policy.counted-by-many-gateways',
    'packages/server/src/policies/limits/limit-slices.gateways.test.ts',
    'Sixty-four callers at four gateways reach a policy\u2019s limit to the last unit and do not pass it, with clocks an hour apart.',
  ),
];
