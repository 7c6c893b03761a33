import { isRecord, shown, strings, within, type Fault } from './malformed';
import type { RequestPrincipal } from './types';

/**
 * The way in which a resource's policy names a principal: the principal itself, the role behind the session, which
 * leaves the role's permissions boundary in force, or only its account, which leaves the decision to that account's
 * identity policies.
 */
export type Reach = 'itself' | 'role' | 'account';

const ACCOUNT = /^(?:(\d{12})|arn:aws[a-z-]*:iam::(\d{12}):root)$/;
const IDENTITY =
  /^arn:aws[a-z-]*:(?:iam::\d{12}:(?:role|user)\/[\w+=,.@/-]+|sts::\d{12}:(?:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+|federated-user\/[\w+=,.@-]+))$/;
const SERVICE = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/;

/**
 * The value of a `Principal` or `NotPrincipal`. Services are compared by name without normalization:
 * `logs.us-east-1.amazonaws.com` is not `logs.amazonaws.com`. Federated principals are accepted and never match, since
 * no request comes from one.
 * Source: "AWS JSON policy elements: Principal" and "… NotPrincipal" in the IAM User Guide.
 */
export class PrincipalSet {
  private everyone = false;
  private readonly accounts = new Set<string>();
  private readonly identities = new Set<string>();
  private readonly services = new Set<string>();

  constructor(element: unknown, fault: Fault) {
    if (element === '*') {
      this.everyone = true;
      return;
    }
    if (!isRecord(element) || Object.keys(element).length === 0) {
      throw fault(
        `${shown(element)} names no principal; use '*' or {"AWS": …}, {"Service": …}, {"Federated": …}.`,
      );
    }
    for (const [type, value] of Object.entries(element)) {
      const typeFault = within(fault, type);
      if (type === 'AWS') for (const each of strings(value, typeFault)) this.addAws(each, typeFault);
      else if (type === 'Service')
        for (const each of strings(value, typeFault)) this.addService(each, typeFault);
      else if (type === 'Federated') strings(value, typeFault);
      else if (type === 'CanonicalUser') {
        throw fault('CanonicalUser is not supported; name the account by its number or ARN under AWS.');
      } else throw fault(`'${type}' is not a kind of principal; use AWS, Service or Federated.`);
    }
  }

  /** Returns how the set names a principal; `undefined` if it does not. */
  reach(principal: RequestPrincipal): Reach | undefined {
    if (this.everyone) return 'itself';
    if (principal.kind === 'anonymous') return undefined;
    if (principal.kind === 'service') return this.services.has(principal.arn) ? 'itself' : undefined;
    if (this.identities.has(principal.arn)) return 'itself';
    if (principal.roleArn !== undefined && this.identities.has(principal.roleArn)) return 'role';
    return this.accounts.has(principal.account) ? 'account' : undefined;
  }

  /**
   * Returns true if a `NotPrincipal` excludes a principal. AWS checks the account, then the role, then the session:
   * each of them must be listed.
   */
  excludes(principal: RequestPrincipal): boolean {
    if (this.everyone) return true;
    if (principal.kind === 'anonymous') return false;
    if (principal.kind === 'service') return this.services.has(principal.arn);
    return (
      this.accounts.has(principal.account) && identitiesOf(principal).every((arn) => this.identities.has(arn))
    );
  }

  private addAws(value: string, fault: Fault): void {
    const match = ACCOUNT.exec(value);
    const account = match?.[1] ?? match?.[2];
    if (value === '*') this.everyone = true;
    else if (account !== undefined) this.accounts.add(account);
    else if (IDENTITY.test(value)) this.identities.add(value);
    else {
      throw fault(
        `'${value}' is not a principal; use an account's number, the ARN of an account's root, a role, a user or a role's session, or '*' alone (a part of an ARN takes no wildcard).`,
      );
    }
  }

  private addService(value: string, fault: Fault): void {
    if (!SERVICE.test(value)) {
      throw fault(`'${value}' is not a service; use a name such as events.amazonaws.com.`);
    }
    this.services.add(value);
  }
}

function identitiesOf(principal: RequestPrincipal): readonly string[] {
  return principal.roleArn === undefined ? [principal.arn] : [principal.roleArn, principal.arn];
}
