/**
 * A preload script that replaces the native part of `aws-lambda-ric`, which AWS builds in C++ and which is not
 * installed here. It has the same three functions: `next` gets an invocation from the Runtime API, `done` and `error`
 * post the result. AWS's functions post before they return; here, the following `next` waits for the post.
 *
 * It also leads TLS connections to the host of CloudFormation's response URLs to the local cloud, without TLS: functions
 * of custom resources send their answers to an address of their request, not of the SDK's settings.
 *
 * The script is a string because it runs in the function's own process: the caller writes it to a file.
 */
export const RUNTIME_CLIENT = `'use strict';
const http = require('node:http');
const net = require('node:net');
const tls = require('node:tls');
const { registerHooks, syncBuiltinESMExports } = require('node:module');
const { pathToFileURL } = require('node:url');

const hooks = registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== './rapid-client.node') return nextResolve(specifier, context);
    hooks.deregister();
    return { url: pathToFileURL(__filename).href, format: 'commonjs', shortCircuit: true };
  },
});

const connect = tls.connect;
tls.connect = function (options, ...rest) {
  const name = options && (options.servername || options.host || options.hostname);
  if (!String(name).startsWith('cloudformation-custom-resource-response-')) return connect(options, ...rest);
  const { hostname, port } = new URL(process.env.AWS_ENDPOINT_URL);
  const socket = net.connect({ host: hostname, port });
  socket.once('connect', () => socket.emit('secureConnect'));
  return socket;
};
syncBuiltinESMExports();

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let posted = Promise.resolve();

function send(method, path, body) {
  return new Promise((resolve, reject) => {
    const options = { host, port, agent, method, path: '/2018-06-01/runtime/invocation/' + path };
    const request = http.request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ bodyJson: text, headers: response.headers }));
      response.on('error', reject);
    });
    request.on('error', reject);
    if (body === undefined) return request.end();
    request.setHeader('content-type', 'application/json');
    request.end(body);
  });
}

function post(requestId, kind, body) {
  // Marks the end of this invocation's output: pipes and sockets do not keep each other's order.
  for (const stream of [process.stdout, process.stderr]) stream.write('\\n\\0end ' + requestId + '\\n');
  posted = send('POST', requestId + '/' + kind, body);
}

module.exports = {
  next: () => posted.then(() => send('GET', 'next')),
  done: (requestId, body) => post(requestId, 'response', body),
  error: (requestId, body) => post(requestId, 'error', body),
};
`;
