/** How much there is of everything beside the policies: it grows with them, as in real use. */
export interface Deployment {
  readonly policies: number;
  readonly tools: number;
  readonly upstreams: number;
  readonly groups: number;
}

const policiesOfATool = 4;
const toolsOfAnUpstream = 10;
const policiesOfAGroup = 5;

/** The rule in words, for the table's caption. */
export const deploymentRule =
  '80 % of the policies are for one tool (4 a tool), 10 % for an upstream (10 tools each), 10 % for a group of agents (5 a group); an agent is in two groups';

export function describeDeployment(policies: number): Deployment {
  const tools = Math.max(1, Math.ceil((0.8 * policies) / policiesOfATool));
  const upstreams = Math.ceil(tools / toolsOfAnUpstream);
  const groups = Math.max(2, Math.ceil((0.1 * policies) / policiesOfAGroup));
  return { policies, tools, upstreams, groups };
}

export function upstreamOf(tool: number): number {
  return Math.floor(tool / toolsOfAnUpstream);
}

export function nameTool(tool: number): string {
  return `up${upstreamOf(tool)}/tool${tool}`;
}
