import { randomBytes } from 'node:crypto';
import type { Clock } from './clock';

/** The identity that makes a call: the operator, a role's session, an AWS service, or the sender of an unsigned request. */
export interface Principal {
  kind: 'operator' | 'role' | 'service' | 'anonymous';
  /** The identity's ARN; for a service principal its name, such as `events.amazonaws.com`; otherwise `anonymous`. */
  arn: string;
  /** The user's id, as `GetCallerIdentity` returns it, or `role-id:session-name`. */
  userId: string;
  account: string;
  /** The role whose policies authorize the call. */
  roleArn?: string;
  sessionName?: string;
}

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface SessionCredentials extends Credentials {
  sessionToken: string;
  expiration: Date;
}

/**
 * The operator's fixed credentials, so that any terminal can be the operator. They give access to this machine's local
 * cloud only.
 */
export const OPERATOR_CREDENTIALS: Credentials = {
  accessKeyId: 'AKIALOCALOPERATOR000',
  secretAccessKey: 'local-operator-secret-access-key-00000000',
};

const ROLE_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]{1,64})$/;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

interface Identity {
  principal: Principal;
  credentials: Credentials;
  expires: number;
}

/** The identities by access key. Sessions live until they expire or the process ends. */
export class Principals {
  readonly operator: Principal;
  /** The sender of an unsigned request, which only S3 accepts. */
  readonly anonymous: Principal = {
    kind: 'anonymous',
    arn: 'anonymous',
    userId: 'anonymous',
    account: 'anonymous',
  };
  private readonly identities = new Map<string, Identity>();

  constructor(
    private readonly account: string,
    private readonly clock: Clock,
  ) {
    this.operator = {
      kind: 'operator',
      arn: `arn:aws:iam::${account}:user/local-operator`,
      userId: 'AIDALOCALOPERATOR000',
      account,
    };
    this.identities.set(OPERATOR_CREDENTIALS.accessKeyId, {
      principal: this.operator,
      credentials: OPERATOR_CREDENTIALS,
      expires: Infinity,
    });
  }

  /** Returns the principal of an AWS service, such as `events.amazonaws.com`. */
  service(name: string): Principal {
    return { kind: 'service', arn: name, userId: name, account: this.account };
  }

  /**
   * Returns a session of a role. Throws a TypeError for an ARN that is not a role's, or for an invalid session name.
   */
  role(roleArn: string, sessionName: string): Principal {
    const match = ROLE_ARN.exec(roleArn);
    if (!match) {
      throw new TypeError(
        `'${roleArn}' is not a role's ARN; it looks like arn:aws:iam::${this.account}:role/Name.`,
      );
    }
    if (!SESSION_NAME.test(sessionName)) {
      throw new TypeError(
        `'${sessionName}' is not a session name; use 2 to 64 letters, digits or any of _+=,.@-.`,
      );
    }
    const [, account = this.account, name = ''] = match;
    return {
      kind: 'role',
      arn: `arn:aws:sts::${account}:assumed-role/${name}/${sessionName}`,
      userId: `${roleId(name)}:${sessionName}`,
      account,
      roleArn,
      sessionName,
    };
  }

  /** Returns new temporary credentials of a role's session. */
  credentialsFor(roleArn: string, sessionName: string, seconds = 43_200): SessionCredentials {
    const principal = this.role(roleArn, sessionName);
    this.forgetExpired();
    const expires = this.clock.now() + seconds * 1000;
    const credentials = {
      accessKeyId: `ASIA${randomBytes(10).toString('hex').toUpperCase().slice(0, 16)}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(48).toString('base64'),
    };
    this.identities.set(credentials.accessKeyId, { principal, credentials, expires });
    return { ...credentials, expiration: new Date(expires) };
  }

  /** Returns the identity of an access key; `undefined` for a key that was never issued. */
  find(
    accessKeyId: string,
  ): { principal: Principal; credentials: Credentials; expired: boolean } | undefined {
    const identity = this.identities.get(accessKeyId);
    return identity && { ...identity, expired: identity.expires <= this.clock.now() };
  }

  private forgetExpired(): void {
    // Kept for an hour after they expire, so that a late caller gets "expired" and not "unknown".
    const before = this.clock.now() - 3_600_000;
    for (const [key, identity] of this.identities) if (identity.expires < before) this.identities.delete(key);
  }
}

/** Returns a role's unique id: constant for a name, as it is during a role's life. */
function roleId(name: string): string {
  return `AROA${Buffer.from(name).toString('hex').toUpperCase().padEnd(16, '0').slice(0, 16)}`;
}
