import { homedir } from 'node:os';
import { join } from 'node:path';

/** A program that speaks MCP and keeps its servers in a file of its own. */
export interface McpClient {
  readonly name: string;
  readonly title: string;
  readonly format: 'json' | 'toml';
  /** The member of the file that holds the servers by name. */
  readonly member: string;
  /** The file of the person's own settings. */
  userFile(environment: NodeJS.ProcessEnv): string;
  /** The file of one project, from the project's folder. */
  readonly projectFile: string;
  /** How the client writes a server at a URL. */
  writeEntry(url: string): Readonly<Record<string, string>>;
  /** What to do in the client afterwards. */
  readonly afterwards: string;
}

const home = (environment: NodeJS.ProcessEnv): string =>
  environment.HOME ?? environment.USERPROFILE ?? homedir();

export const mcpClients: readonly McpClient[] = [
  {
    name: 'claude-code',
    title: 'Claude Code',
    format: 'json',
    member: 'mcpServers',
    userFile: (environment) => join(home(environment), '.claude.json'),
    projectFile: '.mcp.json',
    writeEntry: (url) => ({ type: 'http', url }),
    afterwards: 'start Claude Code again, then /mcp signs you in',
  },
  {
    name: 'cursor',
    title: 'Cursor',
    format: 'json',
    member: 'mcpServers',
    userFile: (environment) => join(home(environment), '.cursor', 'mcp.json'),
    projectFile: join('.cursor', 'mcp.json'),
    writeEntry: (url) => ({ url }),
    afterwards: 'open Settings, MCP in Cursor and sign in to each server',
  },
  {
    name: 'vscode',
    title: 'Visual Studio Code',
    format: 'json',
    member: 'servers',
    userFile: (environment) => join(codeFolder(environment), 'Code', 'User', 'mcp.json'),
    projectFile: join('.vscode', 'mcp.json'),
    writeEntry: (url) => ({ type: 'http', url }),
    afterwards: 'run "MCP: List Servers" in Visual Studio Code, start each one and sign in',
  },
  {
    name: 'codex',
    title: 'Codex',
    format: 'toml',
    member: 'mcp_servers',
    userFile: (environment) =>
      join(environment.CODEX_HOME ?? join(home(environment), '.codex'), 'config.toml'),
    projectFile: join('.codex', 'config.toml'),
    writeEntry: (url) => ({ url }),
    afterwards: 'run `codex mcp login <name>` for each server',
  },
  {
    name: 'gemini',
    title: 'Gemini CLI',
    format: 'json',
    member: 'mcpServers',
    userFile: (environment) => join(home(environment), '.gemini', 'settings.json'),
    projectFile: join('.gemini', 'settings.json'),
    writeEntry: (url) => ({ httpUrl: url }),
    afterwards: 'start Gemini CLI again, then /mcp auth <name> signs you in',
  },
];

function codeFolder(environment: NodeJS.ProcessEnv): string {
  if (process.platform === 'darwin') return join(home(environment), 'Library', 'Application Support');
  if (process.platform === 'win32')
    return environment.APPDATA ?? join(home(environment), 'AppData', 'Roaming');
  return environment.XDG_CONFIG_HOME ?? join(home(environment), '.config');
}
