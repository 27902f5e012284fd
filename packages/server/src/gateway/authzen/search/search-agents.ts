import { type Asker, listCallableTools, listCallers } from '../../../actions/index.ts';
import type { Context } from '../../../context.ts';
import { find, type Question } from '../question.ts';
import { type PageWish, takeResults } from './page.ts';

/** The tools that the agent could be allowed to call in its task, for some arguments. */
export async function searchTools(
  context: Context,
  asker: Asker,
  { subject, action }: Pick<Question, 'subject' | 'action'>,
  page: PageWish,
) {
  const tools = isCall(action.name) ? await listFor(context, asker, subject) : [];
  return takeResults(tools, page, (id) => ({ type: 'tool', id }));
}

export async function searchCalls(
  context: Context,
  asker: Asker,
  { subject, resource }: Pick<Question, 'subject' | 'resource'>,
  page: PageWish,
) {
  const tools = await listFor(context, asker, subject);
  return takeResults(tools.includes(resource.id) ? ['call'] : [], page, (name) => ({ name }));
}

/** The agents with an open task in which they could be allowed to call the tool. */
export async function searchAgents(
  context: Context,
  asker: Asker,
  { resource, action }: Pick<Question, 'resource' | 'action'>,
  page: PageWish,
) {
  const agents = isCall(action.name) ? await listCallers(context, asker, resource.id) : [];
  return takeResults(agents, page, (id) => ({ type: 'agent', id }));
}

function isCall(name: string): boolean {
  return name === 'call' || name === 'tools/call';
}

function listFor(context: Context, asker: Asker, subject: Question['subject']): Promise<readonly string[]> {
  const task = find(subject.properties, 'task');
  return listCallableTools(context, asker, {
    agentId: subject.id,
    taskId: typeof task === 'string' ? task : null,
  });
}
