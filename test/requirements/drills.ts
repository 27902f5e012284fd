import { behaviour, type Requirement } from './requirement.ts';

/** What is tried on purpose, to see that it is contained. */
export const drillBehaviours: readonly Requirement[] = [
  behaviour(
    'exposure.drill-contained',
    'test/scenarios/drills.test.ts',
    'Every built-in drill is contained by the starter policies, each step with its records, and the run is in the ledger.',
  ),
  behaviour(
    'exposure.drill-can-fail',
    'test/scenarios/drills.test.ts',
    'Drills fail under policies that permit everything, and a change of the policies in force is seen by the next run.',
  ),
  behaviour(
    'exposure.drill-isolated',
    'test/scenarios/drill-isolation.test.ts',
    'A drill that names a real upstream, agent or approval reaches, spends, stops and releases nothing that is real.',
  ),
  behaviour(
    'exposure.drill-hostile-file',
    'test/scenarios/drill-isolation.test.ts',
    'A hostile drill file is refused with its line, and nobody but an administrator runs any.',
  ),
  behaviour(
    'exposure.drill-signed',
    'test/scenarios/drills.test.ts',
    'The report of a run is verified offline with the ledger’s key, and any change of it is found.',
  ),
  behaviour(
    'exposure.drill-command-line',
    'test/scenarios/drills.test.ts',
    'The command line runs drills, ends with 0 only when all are contained, writes JUnit, and doctor says what failed.',
  ),
  behaviour(
    'exposure.drill-scheduled',
    'test/scenarios/drills.test.ts',
    'Scheduled drills run by themselves, and what a broken-off run left is removed at the next start.',
  ),
];
