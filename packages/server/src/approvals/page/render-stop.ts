import { type Html, html } from '../../http/html.ts';
import type { StoredApproval } from '../read-approval.ts';

/** Stopping is always the safe side: it takes a reason and a press of its own, and no passkey. */
export function renderStop({ agentId, taskId }: StoredApproval): Html {
  return html`<details class="stop"><summary>Stop…</summary>
<label for="stop-scope">What</label>
<select id="stop-scope">
<option value="agent" data-target="${agentId}">this agent, in all its tasks</option>
${taskId !== '' && html`<option value="task" data-target="${taskId}">this task</option>`}
<option value="everything">everything, every agent</option>
</select>
<label for="stop-reason">Reason, for the record</label>
<input id="stop-reason" maxlength="400" autocomplete="off">
<button id="stop" type="button" aria-disabled="true">Stop now</button>
</details>`;
}
