import { behaviour, type Requirement } from './requirement.ts';

const file = 'test/scenarios/followed-approval.test.ts';

/** What is promised of calls that wait for a person longer than their client does. */
export const followingApprovals: readonly Requirement[] = [
  behaviour(
    'mcp.approval-task',
    file,
    'A client that follows tasks gets one for a call that waits for a person; it runs once, when it is followed.',
  ),
  behaviour(
    'mcp.approval-task-bound',
    file,
    'Such a task is its agent’s alone, and is decided anew when it runs.',
  ),
  behaviour(
    'mcp.approval-held',
    file,
    'A client that only listens is told of progress, and gets its answer when a person decides in time.',
  ),
  behaviour(
    'approval.quorum-of-two',
    'test/browser/quorum.test.ts',
    'Two people, each with their own passkey, let one call happen once: asked ahead, or held past its client’s time-out.',
  ),
];
