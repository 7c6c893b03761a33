import { request } from 'node:http';
import {
  CloudFormation,
  type CreateChangeSetCommandInput,
  type DescribeChangeSetOutput,
  type ExecuteChangeSetCommandInput,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import type { CloudOptions } from '../../../src/core/cloud';
import type { AnyServiceDefinition } from '../../../src/core/service-registry';
import { ServiceError } from '../../../src/model/errors';
import { cloudformation } from '../../../src/services/cloudformation';
import { eventbridge } from '../../../src/services/eventbridge';
import { iam } from '../../../src/services/iam';
import { kms } from '../../../src/services/kms';
import { logs } from '../../../src/services/logs';
import { s3 } from '../../../src/services/s3';
import { sns } from '../../../src/services/sns';
import { ssm } from '../../../src/services/ssm';
import { stepfunctions } from '../../../src/services/stepfunctions';
import { sts } from '../../../src/services/sts';
import type { Template, TemplateResource } from '../../../src/templates/template';
import { testCloud, type TestCloud } from '../../support/test-cloud';
import { until } from '../../support/until';

export type Resources = Template['Resources'];

/** An account with an unmodified client of CloudFormation. */
export class Account {
  cfn: CloudFormation;
  private seen = 0;

  private constructor(readonly here: TestCloud) {
    this.cfn = new CloudFormation(here.client);
  }

  static async open(
    options: Partial<CloudOptions> = {},
    more: readonly AnyServiceDefinition[] = [],
  ): Promise<Account> {
    const services = [iam, kms, s3, ssm, sns, logs, eventbridge, stepfunctions, sts, ...more, cloudformation];
    return new Account(await testCloud(services, options));
  }

  get operator() {
    return { principal: this.here.cloud.principals.operator };
  }

  async restart(): Promise<void> {
    await this.here.restart();
    this.cfn = new CloudFormation(this.here.client);
    this.seen = 0;
  }

  close(): Promise<void> {
    return this.here.close();
  }

  /** Creates a change set, which creates the stack if it does not exist. */
  async review(
    StackName: string,
    template: Template,
    more: Partial<CreateChangeSetCommandInput> = {},
  ): Promise<DescribeChangeSetOutput> {
    const status = await this.status(StackName);
    const created = await this.cfn.createChangeSet({
      StackName,
      ChangeSetName: 'changes',
      ChangeSetType: status === undefined || status === 'REVIEW_IN_PROGRESS' ? 'CREATE' : 'UPDATE',
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      ...more,
    });
    return this.cfn.describeChangeSet({ ChangeSetName: created.Id, IncludePropertyValues: true });
  }

  /** Deploys through a change set, and waits. A change set without changes leaves the stack unchanged. */
  async deploy(
    StackName: string,
    template: Template,
    more: Partial<CreateChangeSetCommandInput & ExecuteChangeSetCommandInput> = {},
  ): Promise<Stack> {
    const { DisableRollback, RetainExceptOnCreate, ...request } = more;
    const {
      ChangeSetId: ChangeSetName,
      Status,
      StatusReason,
    } = await this.review(StackName, template, request);
    if (Status === 'FAILED') {
      await this.cfn.deleteChangeSet({ ChangeSetName });
      if (!StatusReason!.startsWith("The submitted information didn't contain changes."))
        throw new Error(StatusReason);
    } else {
      await this.cfn.executeChangeSet({ ChangeSetName, DisableRollback, RetainExceptOnCreate });
    }
    return this.settled(StackName);
  }

  /** Returns the stack when no operation is in progress. By its id, also a deleted one. */
  async settled(StackName: string): Promise<Stack> {
    return until(async () => {
      const { Stacks } = await this.cfn.describeStacks({ StackName });
      return !/(?<!REVIEW)_IN_PROGRESS$/.test(Stacks![0]!.StackStatus!) && Stacks![0]!;
    }, `no operation of ${StackName} is in progress`);
  }

  /**
   * Returns the stack's status; undefined if there is no such stack.
   *
   * @@
   */
  async status(StackName: string): Promise<string | undefined> {
    const { Stacks = [] } = await this.cfn.describeStacks();
    return Stacks.find((stack) => stack.StackName === StackName || stack.StackId === StackName)?.StackStatus;
  }

  async delete(stack: Stack): Promise<Stack> {
    await this.cfn.deleteStack({ StackName: stack.StackName });
    return this.settled(stack.StackId!);
  }

  /** Returns `<logical id> <status>`, oldest first, optionally with reasons. */
  async events(StackName: string, withReasons = false): Promise<string[]> {
    const { StackEvents = [] } = await this.cfn.describeStackEvents({ StackName });
    return StackEvents.reverse().map(({ LogicalResourceId, ResourceStatus, ResourceStatusReason: reason }) =>
      [LogicalResourceId, ResourceStatus, ...(withReasons && reason ? [`(${reason})`] : [])].join(' '),
    );
  }

  /** Sends a request for another host to the endpoint. @returns the status of the answer */
  request(
    method: string,
    { host, path, body }: { host: string; path: string; body?: string },
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      const url = new URL(this.here.client.endpoint);
      const sent = request(
        { method, path, hostname: url.hostname, port: url.port, headers: { host } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode!);
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** Returns the value of a parameter in Parameter Store; undefined if there is none. */
  async value(Name: string): Promise<string | undefined> {
    try {
      const found = await this.here.cloud.call('ssm', 'GetParameter', { Name }, this.operator);
      return found.Parameter!.Value;
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'ParameterNotFound') return undefined;
      throw error;
    }
  }

  /** Returns the operations since the last call that changed something outside of CloudFormation. */
  changes(): string[] {
    const calls = this.here.cloud.journal.entries().slice(this.seen);
    this.seen += calls.length;
    return calls
      .filter(
        ({ service, operation }) => service !== 'cloudformation' && !/^(Get|List|Describe)/.test(operation),
      )
      .map(({ operation }) => operation);
  }
}

/** The smallest resource with a value. */
export function parameter(
  Value: unknown,
  Name?: string,
  more: Partial<TemplateResource> = {},
): TemplateResource {
  return {
    Type: 'AWS::SSM::Parameter',
    Properties: { Type: 'String', Value, ...(Name && { Name }) },
    ...more,
  };
}

export function bucket(
  Properties: Record<string, unknown> = {},
  more: Partial<TemplateResource> = {},
): TemplateResource {
  return { Type: 'AWS::S3::Bucket', Properties, ...more };
}

/** A resource whose creation fails: no bucket may have this name. */
export const IMPOSSIBLE = bucket({ BucketName: 'Not_A_Name' });
