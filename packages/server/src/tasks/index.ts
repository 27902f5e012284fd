export {
  type CallEnd,
  type CallPass,
  type Cascades,
  createCascades,
  FREE_PASS,
  type Pause,
  type PauseListener,
} from './cascades/index.ts';
export { createTaskLeases } from './create-task-leases.ts';
export { type EndedTask, endTask } from './end-task.ts';
export { expireTasks } from './expire-tasks.ts';
export { getTask } from './get-task.ts';
export { NO_PLAN, type PlanMatch, toGrantTool } from './grants/index.ts';
export { isChainInForce } from './is-chain-in-force.ts';
export { declassificationPages } from './labels/page/routes.ts';
export type {
  Charge,
  HeldLink,
  HeldTask,
  LeasedTask,
  Spending,
  TaskClosing,
  TaskLeases,
  TaskScope,
} from './leased-task.ts';
export { type Asks, createAsks } from './leases/asks.ts';
export { freeSeat } from './leases/free-seat.ts';
export { listTasks } from './list-tasks.ts';
export { loadRecordedTask, type RecordedTask } from './load-recorded-task.ts';
export { type HeldPrediction, ModelTrail, type Prediction } from './model-trail.ts';
export { openChildTask, openDefaultTask, openTask, openVouchedTask } from './open-task.ts';
export type { Remembered } from './remembered-results.ts';
export { requireAuthorityOver } from './require-authority-over.ts';
export { requireStanding } from './require-standing.ts';
export { resumeTask } from './resume-task.ts';
export { taskRoutes } from './routes.ts';
export {
  endSessionTask,
  type HookSession,
  openSessionTask,
  type SessionTask,
  type ToldPrompt,
} from './session-task.ts';
export {
  type NotedAt,
  type NotedFacts,
  type StoredFact,
  type TaskFact,
  TaskHistory,
} from './task-history.ts';
export type { TaskView } from './task-view.ts';
