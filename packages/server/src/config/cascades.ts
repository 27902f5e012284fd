import { z } from 'zod';

const count = z.number().int().min(0).max(1_000_000);
const seconds = z.number().int().min(1).max(86_400);

/** When work that feeds on itself is held up. A count of 0 looks for none of it. */
export const cascadesSchema = z.strictObject({
  windowSeconds: seconds.default(60).describe('In which all but denials is counted.'),
  sameCalls: count.default(100).describe('The very same call, by one agent in a task and those inside it.'),
  nearCalls: count.default(1000).describe('The same tool with arguments that differ in numbers alone.'),
  cycles: count.default(40).describe('Rounds of the same two, three or four calls.'),
  children: count.default(30).describe('Tasks opened and delegations made inside a task.'),
  errors: count.default(40).describe('Failed calls, of whatever tools.'),
  denials: count
    .default(5)
    .describe('Refused calls before a task pauses; a refused goal tried another way counts twice.'),
  toolFailures: count.default(8).describe("Failures of one agent's calls of one tool that open its circuit."),
  agentFailures: count.default(60).describe("Failed and refused calls that open an agent's circuit."),
  sharedFailures: count
    .default(20)
    .describe('Calls that a tool did not answer, of more than one agent, that open its circuit.'),
  ownerFailures: count
    .default(120)
    .describe("Failures of more than one of a person's agents that open the circuit of all."),
  openSeconds: seconds.default(15).describe('How long a circuit stays open at first.'),
  longestOpenSeconds: seconds.default(600).describe('And at most, after trials that failed.'),
  onPause: z
    .enum(['finish', 'cut'])
    .default('finish')
    .describe('What becomes of calls under way when a task pauses.'),
});

export type CascadeConfig = z.infer<typeof cascadesSchema>;
