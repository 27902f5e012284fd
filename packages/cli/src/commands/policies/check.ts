import type { FilesCheck, Finding } from '@countersign/server/authoring';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import { showHonestly } from '../../output/honest-text.ts';
import { writeJunit } from '../../output/write-junit.ts';
import { writeSarif } from '../../output/write-sarif.ts';
import { readTextFile } from '../../parse-options.ts';
import type { Session } from '../../session.ts';
import type { AgentFacts } from '../agents/agent.ts';
import { type PolicyFolder, readPolicyFolder } from './policy-folder.ts';

interface CheckOptions {
  readonly schema?: string;
  readonly live?: boolean;
  readonly format: 'text' | 'sarif' | 'junit';
  readonly failOn: keyof typeof ranks;
}

const ranks = { error: 0, warning: 1, note: 2 } as const;

export const checkPolicies = defineCommand<CheckOptions>({
  usage: 'check <files...>',
  summary: 'types, and rules that change nothing, go too far or can never match; needs no server',
  options: [
    {
      flags: '--schema <file>',
      summary: 'what "policies schema" writes (default: the *.tools.json beside them)',
    },
    { flags: '--live', summary: 'ask the server for the schema and the agents, whatever stands beside them' },
    {
      flags: '--format <format>',
      summary: 'how findings are written',
      choices: ['text', 'sarif', 'junit'],
      initial: 'text',
    },
    {
      flags: '--fail-on <severity>',
      summary: 'the mildest finding that fails',
      choices: Object.keys(ranks),
      initial: 'error',
    },
  ],
  examples: [
    'policies check policies/',
    'policies check policies/ --format sarif --fail-on warning > policies.sarif',
  ],
  async run(session, { schema, live, format, failOn }, ...paths) {
    const folder = readPolicyFolder(paths);
    const { checkFiles, findingCodes } = await import('@countersign/server/authoring');
    const given = schema === undefined ? undefined : { name: schema, text: readTextFile(schema) };
    const check = checkFiles({
      policies: folder.policies,
      ...(await findSurroundings(session, folder, given, live)),
    });
    if (check.mistakes.length > 0) return refuseMistakes(check.mistakes, folder);
    const findings = check.findings.map((finding) => ({ ...finding, path: folder.pathOf(finding.file) }));
    if (session.json) session.print.item({ policies: check.policies, findings }, []);
    else if (format === 'sarif')
      session.print.text(
        JSON.stringify(
          writeSarif(
            findingCodes,
            findings.map((one) => ({
              ...one,
              ruleId: one.code,
              level: one.severity,
              message: describe(one),
            })),
          ),
        ),
      );
    else if (format === 'junit') session.print.text(writeFindings(check, folder));
    else printFindings(session, findings, check.policies.length);
    return judge(check.findings, failOn);
  },
});

type Surroundings = Pick<
  Parameters<typeof import('@countersign/server/authoring').checkFiles>[0],
  'schema' | 'tools' | 'known'
>;

/** From what is given, else from what stands beside the policies, else from the server. */
async function findSurroundings(
  session: Session,
  { tools, schema }: PolicyFolder,
  given: PolicyFolder['schema'],
  isLive = false,
): Promise<Surroundings> {
  if (given !== undefined) return { schema: given, tools: [] };
  if (!isLive && tools.length > 0) return { tools };
  if (!isLive && schema !== undefined) return { schema, tools: [] };
  const api = session.api();
  const { schema: text } = await api.get<{ schema: string }>('/v1/policies/schema');
  const agents = await api.list<AgentFacts>('/v1/agents', {}, 100_000);
  const known = {
    agents: new Set(agents.map(({ id }) => id)),
    groups: new Set(agents.flatMap(({ groups }) => groups)),
  };
  return { schema: { name: 'the schema of the server', text }, tools: [], known };
}

/** What is wrong beside the policies is a mistake of the command's input. */
export function refuseMistakes(mistakes: FilesCheck['mistakes'], folder: PolicyFolder): never {
  const said = mistakes.map(({ file, line, message }) => `${folder.pathOf(file)}:${line}: ${message}`);
  throw new CliError(said.join('\n  '));
}

type PlacedFinding = Finding & { readonly path: string };

function printFindings(session: Session, findings: readonly PlacedFinding[], policies: number): void {
  const { colors } = session.print;
  for (const finding of findings) {
    const { path, line, column, severity, code } = finding;
    const place = showHonestly(`${path}:${line}:${column}`);
    session.print.text(`${place}: ${severity}: ${showHonestly(describe(finding))} [${code}]`);
  }
  const count = (severity: string): number => findings.filter((one) => one.severity === severity).length;
  const summary = `${policies} policies: ${count('error')} errors, ${count('warning')} warnings, ${count('note')} notes`;
  session.print.note(colors.dim(summary));
}

function describe({ policyId, message, advice }: Finding): string {
  return `${policyId === null ? '' : `${policyId}: `}${message}; ${advice}`;
}

/** One case for each policy, which fails with the first thing that is found about it, and one for what is about none. */
function writeFindings({ policies, findings }: FilesCheck, folder: PolicyFolder): string {
  const others = findings.filter(({ policyId }) => policyId === null);
  const cases = policies.map((id) => {
    const about = findings.filter((finding) => finding.policyId === id);
    const [first] = about;
    const file = folder.pathOf(first?.file ?? `${id.split(':')[0]}.cedar`);
    const text = about.map((one) => `${one.code}: ${describe(one)}`).join('\n');
    const failure = first === undefined ? {} : { failure: { message: first.message, text } };
    return { suite: file, name: id, file, line: first?.line ?? 1, ...failure };
  });
  const unnamed = others.map((one) => {
    const file = folder.pathOf(one.file);
    const failure = { message: one.message, text: `${one.code}: ${describe(one)}` };
    return { suite: file, name: `${one.code} in line ${one.line}`, file, line: one.line, failure };
  });
  return writeJunit('countersign policies check', [...cases, ...unnamed]);
}

function judge(findings: readonly Finding[], failOn: keyof typeof ranks): ExitCode {
  if (findings.some(({ severity }) => severity === 'error')) return exitCodes.policyInvalid;
  const fails = findings.some(({ severity }) => ranks[severity] <= ranks[failOn]);
  return fails ? exitCodes.verificationFailed : exitCodes.done;
}
