import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Store } from '../../core/store';
import type { MachineRecord } from './records';
import { checkArn } from './requests';

/** The state machines, by ARN. */
export class Machines {
  private readonly store: Store<Record<string, MachineRecord>>;

  constructor(private readonly cloud: Cloud) {
    this.store = cloud.stores.store('state-machines', () => ({}));
  }

  get data(): Record<string, MachineRecord> {
    return this.store.data;
  }

  changed(): void {
    this.store.changed();
  }

  arn(name: string): string {
    return this.cloud.arn('states', `stateMachine:${name}`);
  }

  /** @throws ServiceError InvalidArn, StateMachineDoesNotExist */
  get(arn: string): MachineRecord {
    checkArn(arn, 'stateMachine');
    const found = this.data[arn];
    if (!found) throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return found;
  }
}
