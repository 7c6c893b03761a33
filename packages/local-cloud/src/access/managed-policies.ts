import type { Cloud } from '../core/cloud';
import type { Store } from '../core/store';
import { managedPolicy } from '../iam';

export interface StoredPolicy {
  /** Replaced, never changed in place. */
  document: object;
  description?: string;
}

/** The account's own managed policies, by ARN. */
export class ManagedPolicies {
  private readonly store: Store<Record<string, StoredPolicy>>;

  constructor(cloud: Pick<Cloud, 'stores'>) {
    this.store = cloud.stores.store('iam-managed-policies', () => ({}));
  }

  /** Returns the document of a policy of the account, or of AWS; undefined for an unknown policy. */
  find(arn: string): object | undefined {
    return this.store.data[arn]?.document ?? (managedPolicy(arn) as object | undefined);
  }

  /** Returns the account's own policies by ARN. */
  all(): Readonly<Record<string, StoredPolicy>> {
    return this.store.data;
  }

  put(arn: string, policy: StoredPolicy): void {
    this.store.data[arn] = policy;
    this.store.changed();
  }

  delete(arn: string): void {
    delete this.store.data[arn];
    this.store.changed();
  }
}
