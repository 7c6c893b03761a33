import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Cloud } from '../../../core/cloud';
import { OwnHosts } from '../../../core/foreign-requests';
import { NO_BASE_PATH, type ApiGatewayState, type Domain } from '../control/state';
import { Exchange, type DeployedStage } from './exchange';
import type { FrontResponse } from './gateway-response';
import { readFrontRequest, type Target } from './request';

/** An invoke URL in a text, up to a character that cannot be part of one. */
const INVOKE_URL = /https:\/\/([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.amazonaws\.com\/[^\s"'<>\\]*/g;
const HOST = /^([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com/;

/**
 * Serves every stage of every REST API on 127.0.0.1: at `/<api>/<stage>/<path>`, at `/<stage>/<path>` for a request
 * whose Host header is the API's host in AWS, and as mapped for one whose Host header is a custom domain name.
 */
export class RestFront {
  private server: Server | undefined;
  private exchange: Exchange | undefined;
  private state: ApiGatewayState | undefined;

  /** 0 for any free port. */
  private readonly port: number;

  constructor({ settings }: Cloud) {
    this.port = settings.apigateway?.port ?? 0;
  }

  /** Opens the port. Throws if it is in use. */
  async open(state: ApiGatewayState): Promise<void> {
    const exchange = new Exchange(state);
    const hosts = new OwnHosts((name) => Object.hasOwn(state.domains, name));
    const server = createServer((request, response) => {
      const refusal = hosts.refusal(request.headers);
      if (refusal === undefined) void answer(state, exchange, request, response);
      else {
        send(response, forbidden(refusal));
        request.resume();
      }
    });
    server.keepAliveTimeout = 120_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const message = `The API's port ${this.port} on 127.0.0.1 is in use; choose another, or 0 for any free port.`;
        reject(error.code === 'EADDRINUSE' ? new Error(message) : error);
      });
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.server = server;
    this.exchange = exchange;
    this.state = state;
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    }
    await this.exchange?.close();
  }

  url(restApiId: string, stageName: string): string {
    if (!this.server) throw new Error('The front of API Gateway has no address before listen() was called.');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${restApiId}/${stageName}`;
  }

  /** Returns a text in which every invoke URL of this cloud's own APIs is replaced by its address on this machine. */
  localise(text: string): string {
    const { server, state } = this;
    if (!server || !state) return text;
    return text.replace(INVOKE_URL, (url, restApiId: string, region: string) => {
      const own = region === state.cloud.region && Object.hasOwn(state.data.apis, restApiId);
      return own ? this.localUrl(url) : url;
    });
  }

  localUrl(invokeUrl: string): string {
    const { host, pathname, search } = new URL(invokeUrl);
    const restApiId = HOST.exec(host)?.[1];
    const [, stageName = '', ...rest] = pathname.split('/');
    if (restApiId === undefined) {
      throw new TypeError(
        `'${invokeUrl}' is not an invoke URL; use https://<api>.execute-api.<region>.amazonaws.com/<stage>/<path>.`,
      );
    }
    return `${[this.url(restApiId, stageName), ...rest].join('/')}${search}`;
  }
}

async function answer(
  state: ApiGatewayState,
  exchange: Exchange,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { target, deployed } = find(state, incoming);
  try {
    const request = readFrontRequest(incoming, target);
    const response = deployed ? await exchange.answer(request, deployed) : forbidden('Forbidden');
    if (!outgoing.shouldKeepAlive) await drained(incoming);
    send(outgoing, response);
  } catch (error) {
    // A bug of this front, or a client that has disconnected: the reason helps with a bug, and never reaches a
    // disconnected client.
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    send(outgoing, {
      status: 500,
      headers: { 'Content-Type': 'application/json' },
      body: Buffer.from(JSON.stringify({ message })),
    });
  }
  // The rest of a refused request is read and dropped, so that the client reads the answer.
  incoming.resume();
}

/** Milliseconds for the rest of a refused request. */
const DRAIN_MS = 1_000;

/**
 * Reads and drops the rest of a request whose connection closes after the answer: data that arrives at a closed
 * connection resets it, and the client may lose the answer.
 */
async function drained(incoming: IncomingMessage): Promise<void> {
  if (incoming.complete || incoming.destroyed) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, DRAIN_MS);
    incoming.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    incoming.resume();
  });
}

/** Returns the answer for a host or stage that does not exist. */
function forbidden(message: string): FrontResponse {
  return {
    status: 403,
    headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': 'ForbiddenException' },
    body: Buffer.from(JSON.stringify({ message })),
  };
}

/** Finds a request's stage: by a custom domain name, by the API's host in AWS, or by the path. */
function find(state: ApiGatewayState, { url = '/', headers }: IncomingMessage): Found {
  const [sentPath = '', ...rest] = url.split('?');
  const search = rest.join('?');
  const host = headers.host ?? '';
  const ownHost = HOST.exec(host)?.[1];
  const parts = sentPath.split('/').slice(1);
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (Object.hasOwn(state.domains, name)) {
    const mapped = byDomain(state.domains[name]!, parts);
    const domain = { name, basePath: mapped?.basePath ?? '' };
    const path = `/${(mapped?.below ?? parts).join('/')}`;
    return { target: { path, sentPath, search, domain }, deployed: mapped && stageOf(state, mapped) };
  }
  const [restApiId = '', stageName = '', ...below] = ownHost === undefined ? parts : [ownHost, ...parts];
  const target = { path: `/${below.join('/')}`, sentPath, search };
  return { target, deployed: stageOf(state, { restApiId, stageName }) };
}

interface Found {
  target: Target;
  deployed: DeployedStage | undefined;
}

/** Returns the stage of a path by the mapping of its first part, or of all paths; a domain name has one or the other. */
function byDomain({ mappings }: Domain, parts: readonly string[]) {
  const [first = ''] = parts;
  const own = Object.hasOwn(mappings, first) ? mappings[first] : undefined;
  const mapping = own ?? mappings[NO_BASE_PATH];
  if (!mapping) return undefined;
  const rest = own ? parts.slice(1) : parts;
  const { restApiId, stage } = mapping;
  return {
    restApiId,
    stageName: stage ?? rest[0] ?? '',
    below: stage === undefined ? rest.slice(1) : rest,
    basePath: own ? `/${first}` : '',
  };
}

function stageOf(
  { data: { apis } }: ApiGatewayState,
  { restApiId, stageName }: { restApiId: string; stageName: string },
): DeployedStage | undefined {
  const api = Object.hasOwn(apis, restApiId) ? apis[restApiId] : undefined;
  const stage = api && Object.hasOwn(api.stages, stageName) ? api.stages[stageName] : undefined;
  return api && stage && { api, stage, definition: api.deployments[stage.deploymentId]!.definition };
}

function send(outgoing: ServerResponse, { status, headers, body }: FrontResponse): void {
  outgoing.writeHead(status, { ...headers, 'Content-Length': body.length });
  outgoing.end(body);
}
