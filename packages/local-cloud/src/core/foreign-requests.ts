import type { IncomingHttpHeaders } from 'node:http';

/** Hosts of AWS: a request may be signed for one, and no page of another site can have one. */
const AWS_HOST = /\.amazonaws\.com(\.cn)?$/;

/** Names, addresses and domains under which one server of the local cloud may be called. */
export class OwnHosts {
  private readonly relays = new Set<string>();

  /** @param hasDomain true for a domain name that the server serves, lower case and without a port */
  constructor(private readonly hasDomain: (name: string) => boolean = () => false) {}

  /** Adds an address that is forwarded to the server, such as the gateway of a network of containers. */
  addRelay(address: string): void {
    this.relays.add(address);
  }

  /**
   * Returns why a request is refused: a web page of another site could have sent it through a browser on this machine.
   * Its `Host` is a name that somebody else resolves to 127.0.0.1 (DNS rebinding), or its `Origin` is another site.
   * Undefined for all other requests.
   */
  refusal({ host, origin }: IncomingHttpHeaders): string | undefined {
    const name = hostName(`http://${host ?? ''}`);
    if (name === undefined || !this.has(name))
      return `The header Host is '${host ?? ''}'; must be 127.0.0.1, localhost, a host of AWS or a domain name of a deployed API: call the address that the local cloud printed.`;
    if (origin === undefined) return undefined;
    const from = hostName(origin);
    if (from === undefined || !this.has(from))
      return `The header Origin is '${origin}'; a page of another site cannot call the local cloud: serve it from 127.0.0.1 or localhost.`;
    return undefined;
  }

  private has(name: string): boolean {
    return isLoopback(name) || AWS_HOST.test(name) || this.relays.has(name) || this.hasDomain(name);
  }
}

function isLoopback(name: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(name);
}

/** Returns the host of an address without its port, lower case; undefined for what is no address. */
function hostName(address: string): string | undefined {
  return URL.parse(address)?.hostname || undefined;
}
