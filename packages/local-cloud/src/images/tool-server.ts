import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { OwnHosts } from '../core/foreign-requests';
import type { BuildTools, ToolCall } from './build-tools';

/** A folder for PATH whose `docker` and `aws` commands call this process; `close` removes the connection. */
export interface ToolServer {
  /** The folder to put before the rest of PATH. */
  binDirectory: string;
  close(): Promise<void>;
}

/** Sends its arguments, and the password of a login, to the server, and prints the result. */
const CLIENT = `
const http = require('node:http');
const [port, tool, ...argv] = process.argv.slice(2);
const request = http.request({ host: '127.0.0.1', port, method: 'POST', path: '/' + tool }, (response) => {
  let text = '';
  response.on('data', (chunk) => (text += chunk));
  response.on('end', () => {
    const { exitCode, stdout, stderr } = JSON.parse(text);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = exitCode;
  });
});
const stdin = argv.includes('--password-stdin') ? require('node:fs').readFileSync(0, 'utf8') : undefined;
request.end(JSON.stringify({ argv, cwd: process.cwd(), stdin }));
`;

/** @param directory an existing folder that belongs to the build */
export async function startToolServer(tools: BuildTools, directory: string): Promise<ToolServer> {
  const hosts = new OwnHosts();
  const server = createServer((request, response) => {
    if (hosts.refusal(request.headers) !== undefined) return void response.writeHead(403).end();
    void readJson<ToolCall>(request)
      .then((call) => tools.run(request.url!.slice(1), call))
      .then((result) => response.end(JSON.stringify(result)))
      // The tool was killed during its request, for example because the build was stopped.
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const binDirectory = join(directory, 'bin');
  mkdirSync(binDirectory, { recursive: true });
  const client = join(binDirectory, 'client.cjs');
  writeFileSync(client, CLIENT);
  const emulated = (tool: string) => `"${process.execPath}" "${client}" ${port} ${tool}`;
  const scripts = {
    docker: tools.builder.script(emulated('docker')),
    aws: `exec ${emulated('aws')} "$@"\n`,
  };
  for (const [tool, script] of Object.entries(scripts)) {
    const file = join(binDirectory, tool);
    writeFileSync(file, `#!/bin/sh\n${script}`);
    chmodSync(file, 0o755);
  }
  return {
    binDirectory,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function readJson<T>(request: IncomingMessage): Promise<T> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text) as T;
}
