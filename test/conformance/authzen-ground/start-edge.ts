import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sendHttp } from '@countersign/testkit';

/** A proxy that lets through what forward-auth allows. */
export interface Edge {
  readonly url: string;
  /** nginx itself, where it is installed; else what its `auth_request` does, in a few lines. */
  readonly kind: 'nginx' | 'stand-in';
  close(): Promise<void>;
}

export interface EdgeOptions {
  readonly port: number;
  /** The whole address of the forward-auth endpoint. */
  readonly auth: string;
  readonly backend: string;
  /** What only the proxy may tell the backend. */
  readonly secret: { readonly name: string; readonly value: string };
}

const programs = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx'];

export function startEdge(options: EdgeOptions): Promise<Edge> {
  const program = programs.find((path) => existsSync(path));
  return program === undefined ? startStandIn(options) : startNginx(program, options);
}

export async function takeFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startNginx(program: string, { port, auth, backend, secret }: EdgeOptions): Promise<Edge> {
  const folder = mkdtempSync(join(tmpdir(), 'edge-'));
  mkdirSync(join(folder, 'temp'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr warn;
events { worker_connections 64; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/temp/${name};`).join(' ')}
  server {
    listen 127.0.0.1:${port};
    location /v2/ {
      auth_request /countersign;
      auth_request_set $nonce $upstream_http_dpop_nonce;
      auth_request_set $challenge $upstream_http_www_authenticate;
      add_header DPoP-Nonce $nonce always;
      add_header WWW-Authenticate $challenge always;
      proxy_ignore_headers X-Accel-Redirect;
      proxy_set_header ${secret.name} ${secret.value};
      proxy_pass ${backend}/;
    }
    location = /countersign {
      internal;
      proxy_pass ${auth};
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header X-Original-URL $scheme://$http_host$request_uri;
      proxy_set_header X-Original-Method $request_method;
    }
  }
}
`,
  );
  const child = spawn(program, ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await waitFor(url);
  return {
    url,
    kind: 'nginx',
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => {
          rmSync(folder, { recursive: true, force: true });
          resolve();
        });
        child.kill('SIGTERM');
      }),
  };
}

async function waitFor(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(url).catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the proxy does not answer');
}

async function startStandIn({ port, auth, backend, secret }: EdgeOptions): Promise<Edge> {
  const url = `http://127.0.0.1:${port}`;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url: target = '/', headers: given } = request;
    const headers = given as { [name: string]: string };
    const told = { 'x-original-url': url + target, 'x-original-method': method };
    const asked = await sendHttp({ method: 'GET', url: auth, headers: { ...headers, ...told } });
    if (asked.status !== 200) {
      const { 'dpop-nonce': nonce = '', 'www-authenticate': challenge = '' } = asked.headers;
      response.writeHead(asked.status, { 'dpop-nonce': nonce, 'www-authenticate': challenge }).end();
      return;
    }
    const passed = { ...headers, [secret.name]: secret.value };
    const reply = await sendHttp({ method, url: backend + target.slice('/v2'.length), headers: passed });
    response.writeHead(reply.status).end(reply.body);
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { url, kind: 'stand-in', close: () => new Promise((resolve) => server.close(() => resolve())) };
}
