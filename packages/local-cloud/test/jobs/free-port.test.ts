import { createServer } from 'node:net';
import { freePort } from '../../src/jobs/free-port';

test('gives a port that a server can take and that no outgoing connection is given', async () => {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  );
  await new Promise((resolve) => server.close(resolve));
  // net.ipv4.ip_local_port_range starts there unless it was changed.
  expect(port).toBeLessThan(32_768);
});
