// Runs every check of the house: npm test, npm run verify -- --only types,lint. The last line is "N passed, N failed".
import { parseArgs } from 'node:util';
import { listSteps } from './verify/list-steps.ts';
import { runSteps } from './verify/run-steps.ts';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const all = listSteps();
const names = values.only?.split(',').map((name) => name.trim());
const unknown = names?.filter((name) => !all.some((step) => step.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(
    `verify: no step is called ${unknown.join(', ')}. Steps: ${all.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}

const steps = names ? all.filter(({ name }) => names.includes(name)) : all;
const { passed, failed } = await runSteps(steps, console.log);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
