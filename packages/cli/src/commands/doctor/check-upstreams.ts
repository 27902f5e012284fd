import type { ControlClient } from '../../control/control-client.ts';
import { RemoteError } from '../../control/remote-error.ts';
import type { Finding } from '../../dev-findings.ts';
import type { SecretFacts } from '../secrets/secret.ts';
import type { ToolFacts, UpstreamFacts } from '../upstreams/upstream.ts';

/** Tools that nobody has looked at, and credentials that nothing uses or that are missing. */
export async function checkUpstreams(api: ControlClient): Promise<readonly Finding[]> {
  const upstreams = await api.list<UpstreamFacts>('/v1/upstreams');
  const findings: Finding[] = [];
  for (const { name } of upstreams) {
    const tools = await api.list<ToolFacts>(`/v1/upstreams/${encodeURIComponent(name)}/tools`);
    findings.push(...tools.flatMap(checkTool));
  }
  return [...findings, ...(await lookAtSecrets(api, upstreams))];
}

/** A store that cannot be reached or trusted is a finding, and no reason to find nothing else. */
async function lookAtSecrets(
  api: ControlClient,
  upstreams: readonly UpstreamFacts[],
): Promise<readonly Finding[]> {
  try {
    return checkSecrets(upstreams, await api.list<SecretFacts>('/v1/secrets'));
  } catch (thrown) {
    if (!(thrown instanceof RemoteError) || !thrown.code.startsWith('secret.')) throw thrown;
    const { code, detail } = thrown;
    const what = `the secret stores cannot be used (${code}${detail === undefined ? '' : `: ${detail}`})`;
    return [{ id: code, severity: 'error', what, fix: `see docs/errors/${code}.md` }];
  }
}

function checkTool(facts: ToolFacts): readonly Finding[] {
  return [...checkState(facts), ...checkFound(facts)];
}

/** What was pinned before it was looked at, or resembles a tool that was there before it. */
function checkFound({ upstream, name, state, findings, findingsSeen }: ToolFacts): readonly Finding[] {
  if (findings.length === 0 || findingsSeen || state === 'missing') return [];
  const kinds = [...new Set(findings.map(({ kind }) => kind))].join(', ');
  const isGrave = state === 'pinned' && findings.some(({ grade }) => grade === 'quarantine');
  return [
    {
      id: 'tool.flagged',
      severity: isGrave ? 'error' : 'warning',
      what: `the definition of ${upstream}/${name} was flagged: ${kinds}`,
      fix: isGrave
        ? `countersign upstreams scan ${upstream} --hold`
        : `countersign upstreams diff '${upstream}/${name}'`,
    },
  ];
}

function checkState({ upstream, name, state, confirmed }: ToolFacts): readonly Finding[] {
  const tool = `${upstream}/${name}`;
  if (state === 'quarantined') {
    const what = `${tool} changed or is new, and is held`;
    return [
      { id: 'tool.quarantined', severity: 'warning', what, fix: `countersign upstreams diff '${tool}'` },
    ];
  }
  if (state === 'missing') {
    const what = `${tool} is no longer offered by its upstream`;
    return [{ id: 'tool.missing', severity: 'info', what, fix: `countersign upstreams refresh ${upstream}` }];
  }
  if (confirmed) return [];
  const what = `nobody has confirmed what ${tool} does: more than reading needs a person`;
  const fix = `countersign upstreams classify '${tool}' --effect <effect> --data-domain <domain>`;
  return [{ id: 'tool.unconfirmed', severity: 'warning', what, fix }];
}

const reference = /\{secret:((?:[a-z][a-z0-9-]{0,62}:)?[a-z][a-z0-9-]{0,62})(?:#[A-Za-z0-9_-]{1,63})?\}/g;

/** Pure, over what the settings refer to. */
export function checkSecrets(
  upstreams: readonly UpstreamFacts[],
  secrets: readonly (Pick<SecretFacts, 'name'> & Partial<SecretFacts>)[],
): readonly Finding[] {
  const used = new Map<string, string>();
  for (const { name, settings } of upstreams)
    for (const match of JSON.stringify(settings).matchAll(reference)) used.set(match[1] ?? '', name);
  const held = new Set(secrets.map(({ name }) => name));
  const missing = [...used].filter(([name]) => !held.has(name));
  return [
    ...missing.map(([name, upstream]) => ({
      id: 'secret.missing',
      severity: 'error' as const,
      what: `${upstream} needs the secret ${name}, which is not there`,
      fix: `countersign secrets set ${name} --file <file>`,
    })),
    ...secrets
      .filter(({ name, usedBy = [] }) => usedBy.length === 0 && !used.has(name))
      .map(({ name }) => ({
        id: 'secret.unused',
        severity: 'info' as const,
        what: `neither an upstream nor the configuration uses the secret ${name}`,
        fix: `countersign secrets remove ${name}`,
      })),
    ...secrets.flatMap(checkAge),
  ];
}

function checkAge({ name, state, maxAgeDays }: Partial<SecretFacts>): readonly Finding[] {
  if (state !== 'due' && state !== 'too_old') return [];
  const isOver = state === 'too_old';
  const what = isOver
    ? `the secret ${name} is past its limit of ${maxAgeDays} days`
    : `the secret ${name} has used up four fifths of its ${maxAgeDays} days`;
  const fix = `countersign secrets rotate ${name} --file <file>`;
  return [{ id: `secret.${state}`, severity: isOver ? 'error' : 'warning', what, fix }];
}
