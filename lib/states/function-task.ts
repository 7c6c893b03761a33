import type { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { jsonata } from './jsonata';
import { ServiceTask } from './service-task';

export interface FunctionTaskProps {
  /** A short sentence in the imperative. */
  readonly stateName: string;
  readonly function: IFunction;
  /** Each value may be an expression. */
  readonly payload: Readonly<Record<string, string | readonly string[]>>;
  readonly timeout: Duration;
  /** True for a task that ends when its token, part of the payload, is answered. Default: it ends with the function. */
  readonly waitForTaskToken?: boolean;
  /**
   * Expressions over `$states.result.Payload`; of a task that waits for its token over `$states.result`, the answer.
   */
  readonly outputs?: unknown;
  readonly assign?: Record<string, unknown>;
}

interface InvokeArguments {
  readonly FunctionName: string;
  readonly Payload: FunctionTaskProps['payload'];
}

/** A Task that invokes a function. CDK's own would grant every version and alias, of which there are none. */
export class FunctionTask extends ServiceTask<InvokeArguments> {
  constructor(scope: Construct, id: string, props: FunctionTaskProps) {
    const { functionArn } = props.function;
    super(scope, id, {
      stateName: props.stateName,
      action: props.waitForTaskToken ? 'lambda:invoke.waitForTaskToken' : 'lambda:invoke',
      arguments: {
        FunctionName: functionArn,
        // Every function logs the run it works for.
        Payload: { runId: jsonata('$states.context.Execution.Name'), ...props.payload },
      },
      timeout: props.timeout,
      permissions: [{ actions: ['lambda:InvokeFunction'], resources: [functionArn] }],
      outputs: props.outputs,
      assign: props.assign,
    });
  }
}
