import { APPROVAL_ACTIONS, type ApprovalAction } from '../../lib/contract/approval';

/** The only algorithm that the key's grants name. */
export const MAC_ALGORITHM = 'HMAC_SHA_256';

/** Contents of a link; all of it is signed. */
export interface ApprovalLink {
  readonly runId: string;
  readonly action: ApprovalAction;
  /** Seconds since 1970. */
  readonly expires: number;
}

export interface SignedLink extends ApprovalLink {
  readonly mac: Uint8Array;
}

/** Returns the bytes to sign. JSON separates the fields unambiguously. */
export function signedBytes({ runId, action, expires }: ApprovalLink): Uint8Array {
  return Buffer.from(JSON.stringify(['approval', runId, action, expires]));
}

/** Returns the address of a link. @param base the API's address */
export function linkAddress(base: string, { runId, action, expires, mac }: SignedLink): string {
  const url = new URL(base);
  url.search = new URLSearchParams({
    run: runId,
    action,
    expires: String(expires),
    signature: Buffer.from(mac).toString('base64url'),
  }).toString();
  return url.href;
}

type Query = Readonly<Record<string, string | undefined>> | null;

/** Reads a link; the signature is not verified. @returns undefined for a query that no mail contains */
export function readLink(query: Query): SignedLink | undefined {
  const { run: runId = '', action, expires = '', signature = '' } = query ?? {};
  const known = APPROVAL_ACTIONS.find((name) => name === action);
  // Step Functions' limit for names; 32 bytes are 43 characters of base64url.
  if (!known || runId === '' || runId.length > 80) return undefined;
  if (!/^[1-9]\d{0,10}$/.test(expires) || !/^[\w-]{43}$/.test(signature)) return undefined;
  return { runId, action: known, expires: Number(expires), mac: Buffer.from(signature, 'base64url') };
}
