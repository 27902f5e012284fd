import { behaviour, type Requirement } from './requirement.ts';

/** What led to what, and what would have been decided otherwise. */
export const causality: readonly Requirement[] = [
  behaviour(
    'ledger.causality',
    'test/scenarios/causality.test.ts',
    'From a payment one gets back to the document its account came from, the prompt, the approver and the policies, across agents, and from the document on to all that it touched.',
  ),
  behaviour(
    'ledger.incident',
    'test/hooks/incident.test.ts',
    'Three agents of a real framework pay the account that a poisoned document names; the payment alone leads back to the document, the prompt, the approver and the policies.',
  ),
  behaviour(
    'policy.task-replay',
    'test/scenarios/replayed-task.test.ts',
    'One task is decided again action by action, under other policies or those of today, with nothing done, counted or recorded.',
  ),
  behaviour(
    'policy.session-replay',
    'test/scenarios/replayed-session.test.ts',
    'One session of an MCP client or of a program with hooks is decided again, its own actions and no others, under other policies or those of today; nobody else can mix actions into it.',
  ),
  behaviour(
    'ledger.named-causes',
    'test/scenarios/record-causes.test.ts',
    'Every kind of record says what it follows from, and every record of a day of work names it.',
  ),
];
