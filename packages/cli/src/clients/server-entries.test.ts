import { describe, expect, it } from 'vitest';
import { type McpClient, mcpClients } from './mcp-client.ts';
import { changeEntries, readEntries } from './server-entries.ts';

function client(name: string): McpClient {
  const found = mcpClients.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

const entry = { type: 'http', url: 'http://localhost:7420/mcp/files' };

describe('the servers in a JSON file', () => {
  const vscode = client('vscode');
  const text = `{
  // mine
  "servers": {
    "files": { "command": "npx", "args": ["files"] }, // local
    "other": { "url": "https://other.example/mcp" },
  },
  "inputs": []
}
`;

  it('are changed, and nothing else is', () => {
    const changed = changeEntries(vscode, text, new Map([['files', entry]]), 'mcp.json');
    expect(readEntries(vscode, changed, 'mcp.json').get('files')).toEqual(entry);
    for (const kept of ['// mine', '"inputs": []', 'https://other.example/mcp'])
      expect(changed).toContain(kept);
  });

  it('are added to an empty file, and taken out', () => {
    const added = changeEntries(vscode, '', new Map([['files', entry]]), 'mcp.json');
    expect(JSON.parse(added)).toEqual({ servers: { files: entry } });
    const without = changeEntries(vscode, added, new Map([['files', null]]), 'mcp.json');
    expect(JSON.parse(without)).toEqual({ servers: {} });
  });

  it('may have a name that objects have by themselves, or none is changed', () => {
    const changed = changeEntries(vscode, '{}', new Map([['constructor', entry]]), 'f');
    expect([...readEntries(vscode, changed, 'f').keys()]).toEqual(['constructor']);
    expect(() => changeEntries(vscode, '{}', new Map([['__proto__', entry]]), 'f')).toThrow('safely');
    expect(readEntries(vscode, '{}', 'f').size).toBe(0);
  });

  it.each(['{', '[]', '"x"', '{"servers": []}', 'null'])('are not read from %s', (bad) => {
    expect(() => readEntries(vscode, bad, 'mcp.json')).toThrow('mcp.json');
  });
});

describe('the servers in a TOML file', () => {
  const codex = client('codex');
  const text = `# mine
model = "x"

[mcp_servers.files]
command = "npx"
args = ["files"]

[mcp_servers.files.env]
KEY = "v"

[mcp_servers."a.b"] # quoted
url = "https://other.example/mcp"

[tui]
theme = "dark"
`;

  it('are changed, and nothing else is', () => {
    const url = { url: entry.url };
    const changed = changeEntries(codex, text, new Map([['files', url]]), 'config.toml');
    const read = readEntries(codex, changed, 'config.toml');
    expect(read.get('files')).toEqual(url);
    expect(read.get('a.b')).toEqual({ url: 'https://other.example/mcp' });
    for (const kept of ['# mine', 'model = "x"', '[tui]', 'theme = "dark"']) expect(changed).toContain(kept);
    expect(changed).not.toContain('KEY');
  });

  it('are taken out, also with a name in quotes', () => {
    const changed = changeEntries(codex, text, new Map([['a.b', null]]), 'config.toml');
    expect([...readEntries(codex, changed, 'config.toml').keys()]).toEqual(['files']);
  });

  it('stay as they are when they are written in a way that a line cannot be taken out of', () => {
    const inline = 'mcp_servers = { files = { command = "npx" } }\n';
    expect(() => changeEntries(codex, inline, new Map([['files', null]]), 'config.toml')).toThrow(
      /cannot be changed safely|is not TOML/,
    );
    const tricky = 'note = """\n[mcp_servers.files]\n"""\n[mcp_servers.files]\ncommand = "npx"\n';
    expect(() => changeEntries(codex, tricky, new Map([['files', null]]), 'config.toml')).toThrow();
  });
});
