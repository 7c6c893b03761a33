import { BlockList, connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { docker } from './docker-cli';

/** The path from containers to the cloud's endpoint. */
interface Relay {
  endpoint: string;
  close(): Promise<void>;
}

/** A network whose containers cannot reach each other. */
const SEPARATE = ['--opt', 'com.docker.network.bridge.enable_icc=false'];

/** The engine's networks of one cloud, each created when the first container needs it. */
export class DockerNetworks {
  private internalName: Promise<string> | undefined;
  private openName: Promise<string> | undefined;
  private relay: Promise<Relay> | undefined;

  constructor(
    /** Unique for the cloud. */
    private readonly name: string,
    private readonly label: string,
    /** Returns the cloud's endpoint. */
    private readonly endpoint: () => string,
  ) {}

  /** A network without a way out: this machine reaches its containers, and they reach only this machine. */
  internal(): Promise<string> {
    return (this.internalName ??= this.create(`${this.name}-internal`, ['--internal']));
  }

  open(): Promise<string> {
    return (this.openName ??= this.create(`${this.name}-open`, []));
  }

  /** Returns the address by which containers of the open network reach the cloud's endpoint. */
  async endpointInside(): Promise<string> {
    const name = await this.open();
    this.relay ??= describeNetwork(name).then((network) => openRelay(network, this.endpoint()));
    return (await this.relay).endpoint;
  }

  /** Removes the networks of this cloud, and those that a killed cloud left; they have no containers any more. */
  async remove(): Promise<void> {
    await (await this.relay)?.close();
    this.internalName = this.openName = this.relay = undefined;
    const ids = await docker(['network', 'ls', '--quiet', '--filter', `label=${this.label}`]);
    for (const id of ids.split('\n')) if (id !== '') await docker(['network', 'rm', id]);
  }

  private async create(name: string, options: readonly string[]): Promise<string> {
    await docker(['network', 'create', '--label', this.label, ...SEPARATE, ...options, name]);
    return name;
  }
}

interface NetworkAddresses {
  gateway: string;
  subnet: string;
}

async function describeNetwork(name: string): Promise<NetworkAddresses> {
  const format = '{{(index .IPAM.Config 0).Gateway}} {{(index .IPAM.Config 0).Subnet}}';
  const [gateway = '', subnet = ''] = (await docker(['network', 'inspect', '--format', format, name])).split(
    ' ',
  );
  return { gateway, subnet };
}

/**
 * Forwards connections from a network's containers to the cloud, whose endpoint is on the loopback interface. Other
 * machines could have a route to the gateway's address, so connections from elsewhere are closed.
 */
async function openRelay({ gateway, subnet }: NetworkAddresses, endpoint: string): Promise<Relay> {
  const { hostname: host, port } = new URL(endpoint);
  const containers = new BlockList();
  const [network = '', bits] = subnet.split('/');
  containers.addSubnet(network, Number(bits), 'ipv4');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    if (!containers.check(socket.remoteAddress ?? '', 'ipv4')) return socket.destroy();
    const upstream = connect(Number(port), host);
    for (const [side, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(side);
      side.on('error', () => other.destroy());
      side.on('close', () => {
        sockets.delete(side);
        other.destroy();
      });
      side.pipe(other);
    }
    return undefined;
  });
  await listen(server, gateway);
  return {
    endpoint: `http://${gateway}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
}

function listen(server: Server, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
}
