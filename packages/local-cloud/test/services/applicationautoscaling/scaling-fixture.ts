import { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling';
import type { EndpointStatus } from '@aws-sdk/client-sagemaker';
import { policyAuthorizer } from '../../../src/access/authorizer';
import { ServiceError } from '../../../src/model/errors';
import type { Principal } from '../../../src/core/principals';
import { applicationAutoScaling } from '../../../src/services/applicationautoscaling';
import { cloudwatch } from '../../../src/services/cloudwatch';
import { sagemaker } from '../../../src/services/sagemaker';
import { fake } from '../../support/fake';
import { ManualClock } from '../../../src/testing/manual-clock';
import { testCloud, type TestCloud } from '../../support/test-cloud';

export const ID = {
  ServiceNamespace: 'sagemaker',
  ResourceId: 'endpoint/E/variant/v',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
} as const;

export const INVOCATIONS = {
  PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
} as const;

/** An endpoint with one variant, whose instances change as soon as SageMaker is called. */
interface FakeEndpoint {
  instances: number;
  status: EndpointStatus;
  asynchronous: boolean;
  /** The principals that changed the number of instances. */
  changedBy: Principal[];
}

export interface ScalingFixture {
  here: TestCloud;
  client: ApplicationAutoScaling;
  clock: ManualClock;
  endpoint: FakeEndpoint;
  /** Publishes a metric of the variant as SageMaker does, one datum a minute, as time passes. */
  publish(MetricName: string, ...values: number[]): Promise<void>;
  /** Resolves when all work that the alarms started is finished. */
  settled(): Promise<void>;
}

export async function scalingFixture(): Promise<ScalingFixture> {
  const endpoint: FakeEndpoint = { instances: 1, status: 'InService', asynchronous: false, changedBy: [] };
  const clock = new ManualClock(Date.parse('2030-01-01T00:00:30Z'));
  const here = await testCloud([cloudwatch, applicationAutoScaling, fakeSageMaker(endpoint)], {
    clock,
    authorizer: policyAuthorizer,
  });
  const service = { principal: here.cloud.principals.service('sagemaker.amazonaws.com') };
  const settled = async () => {
    await here.cloud.events.settled();
  };
  return {
    here,
    client: new ApplicationAutoScaling(here.client),
    clock,
    endpoint,
    settled,
    async publish(MetricName, ...values) {
      for (const Value of values) {
        const Dimensions = [
          { Name: 'EndpointName', Value: 'E' },
          { Name: 'VariantName', Value: 'v' },
        ];
        const MetricData = [{ MetricName, Dimensions, Value }];
        await here.cloud.call(
          'cloudwatch',
          'PutMetricData',
          { Namespace: 'AWS/SageMaker', MetricData },
          service,
        );
        await clock.pass(60);
        await settled();
      }
    },
  };
}

function fakeSageMaker(endpoint: FakeEndpoint) {
  return fake(sagemaker, (cloud) => ({
    operations: {
      async DescribeEndpoint({ EndpointName }) {
        if (EndpointName !== 'E') {
          throw new ServiceError('ValidationException', `Could not find endpoint "${EndpointName}".`);
        }
        const times = { CreationTime: new Date(0), LastModifiedTime: new Date(0) };
        const count = { CurrentInstanceCount: endpoint.instances, DesiredInstanceCount: endpoint.instances };
        return {
          ...{ EndpointName, EndpointConfigName: 'C', EndpointStatus: endpoint.status, ...times },
          EndpointArn: cloud.arn('sagemaker', 'endpoint/e'),
          ProductionVariants: [{ VariantName: 'v', ...count }, { VariantName: 'serverless' }],
        };
      },
      async DescribeEndpointConfig({ EndpointConfigName }) {
        return {
          ...{ EndpointConfigName, EndpointConfigArn: cloud.arn('sagemaker', 'endpoint-config/c') },
          ...{ ProductionVariants: [], CreationTime: new Date(0) },
          ...(endpoint.asynchronous && { AsyncInferenceConfig: { OutputConfig: {} } }),
        };
      },
      async UpdateEndpointWeightsAndCapacities({ DesiredWeightsAndCapacities = [] }, { principal }) {
        if (endpoint.status !== 'InService') {
          throw new ServiceError('ValidationException', 'Cannot update in-progress endpoint "E".');
        }
        endpoint.instances = DesiredWeightsAndCapacities[0]!.DesiredInstanceCount!;
        endpoint.changedBy.push(principal);
        return { EndpointArn: cloud.arn('sagemaker', 'endpoint/e') };
      },
    },
  }));
}
