export { createTaskLeases } from './create-task-leases.ts';
export { type EndedTask, endTask } from './end-task.ts';
export { expireTasks } from './expire-tasks.ts';
export { getTask } from './get-task.ts';
export type { LeasedTask, Spending, TaskClosing, TaskLeases, TaskScope } from './leased-task.ts';
export { listTasks } from './list-tasks.ts';
export { openDefaultTask, openTask } from './open-task.ts';
export { taskRoutes } from './routes.ts';
export type { TaskView } from './task-view.ts';
