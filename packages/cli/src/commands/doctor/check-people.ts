import type { ControlClient } from '../../control/control-client.ts';
import type { Finding } from '../../dev-findings.ts';
import type { Person } from '../people/person.ts';
import type { StopFacts } from '../signals/stop-facts.ts';

/** Whether there is somebody to administer and approve, and whether everything is stopped. */
export async function checkPeople(api: ControlClient): Promise<readonly Finding[]> {
  const people = (await api.list<Person>('/v1/people')).filter(({ state }) => state === 'active');
  const findings: Finding[] = [];
  const invite = (role: string) => `countersign people invite '<name>' --role ${role}`;
  if (!people.some(({ roles }) => roles.includes('admin'))) {
    const fix = 'open the one-time link that `countersign up` prints at each start';
    findings.push({
      id: 'people.nobody',
      severity: 'warning',
      what: 'nobody has joined as administrator yet',
      fix,
    });
  } else if (!people.some(({ roles }) => roles.includes('approver'))) {
    const what = 'nobody holds the role approver: every step-up will time out';
    findings.push({ id: 'people.no_approver', severity: 'warning', what, fix: invite('approver') });
  } else if (people.filter(({ roles }) => roles.includes('admin')).length === 1) {
    const what = 'there is one administrator: a lost passkey locks everybody out';
    findings.push({ id: 'people.one_administrator', severity: 'info', what, fix: invite('admin') });
  }
  const signers = people.filter(({ roles }) => roles.includes('admin') || roles.includes('auditor'));
  if (signers.length === 1) {
    const what = 'nothing recorded can be erased: two people sign an erasure, and one person could';
    findings.push({ id: 'people.one_erasure_signer', severity: 'info', what, fix: invite('auditor') });
  }
  for (const { id, scope, reason } of await api.list<StopFacts>('/v1/signals', { state: 'inForce' })) {
    if (scope !== 'everything') continue;
    const what = `everything is stopped: ${reason}`;
    findings.push({
      id: 'signals.everything',
      severity: 'warning',
      what,
      fix: `countersign signals lift ${id}`,
    });
  }
  return findings;
}
