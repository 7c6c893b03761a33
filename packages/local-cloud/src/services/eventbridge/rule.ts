import type { Target } from '@aws-sdk/client-eventbridge';

export interface Rule {
  name: string;
  arn: string;
  state: 'ENABLED' | 'DISABLED';
  pattern?: string;
  schedule?: string;
  /** Milliseconds since the epoch, from when on the schedule counts. */
  scheduled?: number;
  description?: string;
  roleArn?: string;
  targets: Target[];
}
