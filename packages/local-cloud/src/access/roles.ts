import type { Cloud } from '../core/cloud';
import type { Store } from '../core/store';

/** A role with its attached policies. Policy documents are replaced, never changed in place. */
export interface StoredRole {
  arn: string;
  trustPolicy: object;
  managedPolicyArns: string[];
  /** ARN of the managed policy that limits the role. */
  permissionsBoundary?: string;
  /** Inline policies, by name. */
  policies: Record<string, object>;
  description?: string;
  /** Seconds; 3,600 in roles that do not set it. */
  maxSessionDuration?: number;
}

/** The account's roles, by name. */
export class Roles {
  private readonly store: Store<Record<string, StoredRole>>;

  constructor(cloud: Cloud) {
    this.store = cloud.stores.store('iam', () => ({}));
  }

  find(name: string): StoredRole | undefined {
    return this.store.data[name];
  }

  findByArn(arn: string): StoredRole | undefined {
    const role = this.find(arn.slice(arn.lastIndexOf('/') + 1));
    return role?.arn === arn ? role : undefined;
  }

  names(): string[] {
    return Object.keys(this.store.data);
  }

  put(name: string, role: StoredRole): void {
    this.store.data[name] = role;
    this.store.changed();
  }

  delete(name: string): void {
    delete this.store.data[name];
    this.store.changed();
  }
}
