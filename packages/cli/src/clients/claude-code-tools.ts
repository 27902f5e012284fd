import type { ArgumentRole, Effect, Reversibility } from '@countersign/core';

/** A tool of a client's own: its definition as MCP writes it, and what a person confirms of it by adding it. */
export interface ClientTool {
  readonly definition: object & { readonly name: string };
  readonly classification: {
    readonly effects: readonly Effect[];
    readonly reversibility: Reversibility;
    readonly dataDomain: string;
    readonly argumentRoles: readonly ArgumentRole[];
  };
}

type Row = readonly [
  name: string,
  description: string,
  effects: readonly Effect[],
  reversibility: Reversibility,
  required: readonly string[],
  roles: Readonly<Record<string, ArgumentRole['role']>>,
];

const change: readonly Effect[] = ['write'];
const read: readonly Effect[] = ['read'];
const goOut: readonly Effect[] = ['egress'];

// Arguments that are not named here are allowed too: the client has more of them with each version.
const rows: readonly Row[] = [
  ['Read', 'Reads a file of this machine.', read, 'reversible', ['file_path'], { '/file_path': 'target' }],
  ['Glob', 'Finds files by name.', read, 'reversible', ['pattern'], {}],
  ['Grep', 'Searches in files.', read, 'reversible', ['pattern'], {}],
  ['LSP', 'Asks a language server about code.', read, 'reversible', [], {}],
  [
    'NotebookEdit',
    'Changes a notebook.',
    change,
    'unknown',
    ['notebook_path', 'new_source'],
    { '/notebook_path': 'target', '/new_source': 'content' },
  ],
  [
    'Edit',
    'Changes a part of a file.',
    change,
    'unknown',
    ['file_path', 'old_string', 'new_string'],
    { '/file_path': 'target', '/new_string': 'content' },
  ],
  [
    'Write',
    'Writes a file.',
    change,
    'irreversible',
    ['file_path', 'content'],
    { '/file_path': 'target', '/content': 'content' },
  ],
  [
    'Bash',
    'Runs any command of the shell.',
    ['write', 'egress'],
    'irreversible',
    ['command'],
    { '/command': 'content' },
  ],
  [
    'PowerShell',
    'Runs any command of the shell.',
    ['write', 'egress'],
    'irreversible',
    ['command'],
    { '/command': 'content' },
  ],
  ['Monitor', 'Runs a command and watches it.', ['write', 'egress'], 'irreversible', [], {}],
  ['WebFetch', 'Sends a request to an address.', goOut, 'irreversible', ['url'], { '/url': 'destination' }],
  ['WebSearch', 'Sends words to a search engine.', goOut, 'irreversible', ['query'], { '/query': 'content' }],
  ['Agent', 'Starts a subagent, whose calls are asked about too.', read, 'reversible', ['prompt'], {}],
  ['Skill', 'Reads instructions that the client has.', read, 'reversible', [], {}],
  ['ToolSearch', 'Looks for tools.', read, 'reversible', [], {}],
  ['AskUserQuestion', 'Asks whoever sits there.', read, 'reversible', [], {}],
  ['EnterPlanMode', 'Plans before it acts.', read, 'reversible', [], {}],
  ['ExitPlanMode', 'Ends planning.', read, 'reversible', [], {}],
  ['TodoWrite', 'Keeps a list of its own.', read, 'reversible', [], {}],
  ['TaskCreate', 'Keeps a list of its own.', read, 'reversible', [], {}],
  ['TaskGet', 'Keeps a list of its own.', read, 'reversible', [], {}],
  ['TaskList', 'Keeps a list of its own.', read, 'reversible', [], {}],
  ['TaskUpdate', 'Keeps a list of its own.', read, 'reversible', [], {}],
  ['TaskStop', 'Stops what it has started.', read, 'reversible', [], {}],
];

/** The tools that Claude Code has of its own. One that is not here is denied until somebody adds it. */
export const claudeCodeTools: readonly ClientTool[] = rows.map(
  ([name, description, effects, reversibility, required, roles]) => ({
    definition: {
      ...{ name, description },
      inputSchema: {
        type: 'object',
        properties: Object.fromEntries(required.map((member) => [member, { type: 'string' }])),
        required,
      },
    },
    classification: {
      ...{ effects, reversibility, dataDomain: 'workstation' },
      argumentRoles: Object.entries(roles).map(([pointer, role]) => ({ pointer, role })),
    },
  }),
);
