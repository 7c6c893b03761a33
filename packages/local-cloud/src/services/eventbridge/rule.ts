import type { Target } from '@aws-sdk/client-eventbridge';

export interface Rule {
  name: string;
  arn: string;
  state: 'ENABLED' | 'DISABLED';
  pattern?: string;
  schedule?: string;
  /** The start of the schedule, milliseconds since the epoch. */
  scheduled?: number;
  description?: string;
  roleArn?: string;
  targets: Target[];
}
