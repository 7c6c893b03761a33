import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that Linux gives to outgoing connections (32768 and above by default, ip_local_port_range): one of
 * those can be taken by any connection of any program before the program that is told the port has started.
 */
const FIRST = 10_240;
const END = 32_768;
const TRIES = 50;

/** Returns a port of 127.0.0.1 that is free at the moment, for a program that has to be told one. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(FIRST, END);
    if (await isFree(port)) return port;
  }
  throw new Error(
    `none of ${TRIES} ports of 127.0.0.1 between ${FIRST} and ${END - 1} is free; end other servers`,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
