import { type Deployment, nameTool } from './describe-deployment.ts';

/** Policies as people write them: of ten, eight are for one tool, one for an upstream and one for a group. */
export function generatePolicies({ policies, tools, upstreams, groups }: Deployment): string[] {
  return Array.from({ length: policies }, (_, at) => {
    const turn = Math.floor(at / 10);
    const kind = at % 10;
    if (kind === 8)
      return write(at, { resource: `resource in Countersign::Upstream::"up${turn % upstreams}"` });
    if (kind === 9)
      return write(at, { principal: `principal in Countersign::Group::"group${turn % groups}"` });
    return write(at, { action: `action == Countersign::Action::"${nameTool((turn * 8 + kind) % tools)}"` });
  });
}

/** Policies whose scope lets everything through: each of them is asked on every call. */
export function generateUnscoped(count: number): string[] {
  return Array.from({ length: count }, (_, at) => write(1_000_000 + at, {}));
}

interface Scope {
  readonly principal?: string;
  readonly action?: string;
  readonly resource?: string;
}

const conditions: readonly ((at: number) => string)[] = [
  (at) => `context.args.amount <= ${(at * 37) % 5000} && context.environment == "production"`,
  (at) => `context.args.path like "/data/${at % 50}/*" || context.args.path like "*.csv"`,
  (at) => `["eu", "us", "region-${at % 9}"].contains(context.args.region) && context.confirmed`,
  (at) => `context.task.calls < ${at % 100} && context.task.spendMinor <= ${(at * 113) % 90000}`,
  () => `principal.owner == context.chain.root && !(context.effects.contains("admin"))`,
  (at) => `context has spend && context.spend.minor > ${(at * 11) % 4000} && context.spend.currency == "EUR"`,
  () => `context.time < datetime("2030-01-01") && context.args.rows <= 1000`,
  () => `resource.name like "tool*" && principal.environment == context.environment`,
];

function write(
  at: number,
  { principal = 'principal', action = 'action', resource = 'resource' }: Scope,
): string {
  const effect = at % 4 === 3 ? 'forbid' : 'permit';
  const condition = conditions[(at * 7 + Math.floor(at / 8)) % conditions.length] ?? conditions[0];
  return `${effect} (${principal}, ${action}, ${resource}) when { ${condition?.(at)} };`;
}
