import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { SignatureV4 } from '@smithy/signature-v4';

/** Returns the headers of a request with its signature. */
export type Sign = (request: {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}) => Promise<Record<string, string>>;

/** Returns a signer of requests to REST APIs whose authorizer is IAM, with region and credentials of an SDK client. */
export function signer({ config: { region, credentials, sha256 } }: Pick<APIGatewayClient, 'config'>): Sign {
  const signature = new SignatureV4({ service: 'execute-api', region, credentials, sha256 });
  return async ({ url, method, headers, body }) => {
    const { protocol, host, hostname, port, pathname } = new URL(url);
    const { headers: signed } = await signature.sign({
      ...{ method, protocol, hostname, path: pathname, query: {}, body },
      ...(port !== '' && { port: Number(port) }),
      headers: { ...headers, host },
    });
    // `fetch` sets it, to the same value.
    const { host: _host, ...rest } = signed;
    return rest;
  };
}
