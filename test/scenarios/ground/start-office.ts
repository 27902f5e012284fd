import { type PlainTool, startPlainUpstream, type Upstream } from '@countersign/testkit';

const text = { type: 'string' };

function describeTool(name: string, description: string, properties: object, isReading = false): PlainTool {
  return {
    name,
    description,
    inputSchema: { type: 'object', properties, required: Object.keys(properties) },
    annotations: { readOnlyHint: isReading, openWorldHint: false },
  };
}

const tools: readonly PlainTool[] = [
  describeTool('read_notes', 'Reads the notes of a meeting', { title: text }, true),
  describeTool('send_mail', 'Sends a mail', { recipient: text, subject: text, body: text }),
  describeTool('share_file', 'Shares a file with somebody', { file: text, email: text }),
  describeTool('delete_file', 'Deletes a file', { file: text }),
];

/** An upstream that mails, shares and deletes: what a task may do there is a matter of what it is for. */
export function startOffice(): Promise<Upstream> {
  return startPlainUpstream({ tools });
}

/** Everything is permitted; what the plan of the task does not call for needs a person. */
export const ASK_BEYOND_PLAN = `
@id("all")
permit (principal, action, resource);

@id("ask-beyond-plan")
@stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action, resource)
when { context.plan.state == "differs" || context.plan.state == "outside" };
`;
