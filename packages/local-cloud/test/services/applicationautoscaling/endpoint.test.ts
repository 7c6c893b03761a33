import { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling';
import { SageMaker } from '@aws-sdk/client-sagemaker';
import { ServiceError } from '../../../src/model/errors';
import { applicationAutoScaling } from '../../../src/services/applicationautoscaling';
import { cloudwatch } from '../../../src/services/cloudwatch';
import { ROLE, jobCloud, type JobCloud } from '../../jobs/job-cloud';
import { ID } from './scaling-fixture';

const PROGRAM = `
require('node:http').createServer((request, response) => response.end())
  .listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), '127.0.0.1');
`;

let fixture: JobCloud;
let sagemaker: SageMaker;
let scaling: ApplicationAutoScaling;
const denied = new Set<string>();
const EndpointName = 'E';

beforeAll(async () => {
  fixture = await jobCloud({
    services: [cloudwatch, applicationAutoScaling],
    cloud: {
      authorizer:
        () =>
        ({ action }) => {
          if (denied.has(action)) throw new ServiceError('AccessDenied', `${action} is denied`);
        },
    },
  });
  sagemaker = new SageMaker(fixture.here.client);
  scaling = new ApplicationAutoScaling(fixture.here.client);
  const PrimaryContainer = { Image: await fixture.image(PROGRAM) };
  await sagemaker.createModel({ ModelName: 'M', ExecutionRoleArn: ROLE, PrimaryContainer });
  const variant = { VariantName: 'v', ModelName: 'M', InstanceType: 'ml.m5.large' as const };
  const ProductionVariants = [{ ...variant, InitialInstanceCount: 1 }];
  await sagemaker.createEndpointConfig({ EndpointConfigName: 'C', ProductionVariants });
  await sagemaker.createEndpoint({ EndpointName, EndpointConfigName: 'C' });
  await fixture.until(
    async () => (await sagemaker.describeEndpoint({ EndpointName })).EndpointStatus === 'InService',
  );
});
afterAll(() => fixture.close());

/** Registers the variant with a minimum; resolves with the activity when it has ended. */
async function atLeast(MinCapacity: number) {
  await scaling.registerScalableTarget({ ...ID, MinCapacity, MaxCapacity: 4 });
  const newest = async () => (await scaling.describeScalingActivities(ID)).ScalingActivities![0]!;
  await fixture.until(async () => (await newest()).StatusCode !== 'InProgress');
  return newest();
}

test('an activity is successful when the endpoint has its instances', async () => {
  expect(await atLeast(2)).toMatchObject({
    StatusCode: 'Successful',
    Cause: 'minimum capacity was set to 2',
  });
  expect((await sagemaker.describeEndpoint({ EndpointName })).ProductionVariants).toMatchObject([
    { CurrentInstanceCount: 2 },
  ]);
});

test('an activity has failed when the endpoint cannot start them', async () => {
  denied.add('ecr:BatchGetImage');
  expect(await atLeast(3)).toMatchObject({
    StatusCode: 'Failed',
    StatusMessage:
      'Failed to set desired instance count to 3. Reason: the endpoint is in service with 2 instances',
  });
});
