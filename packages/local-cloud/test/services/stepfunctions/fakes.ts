import type { Build } from '@aws-sdk/client-codebuild';
import type { DescribeTrainingJobResponse } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../../../src/core/cloud';
import { ServiceError } from '../../../src/model/errors';
import { codebuild as realCodebuild } from '../../../src/services/codebuild';
import { lambda as realLambda } from '../../../src/services/lambda';
import { sagemaker as realSagemaker } from '../../../src/services/sagemaker';
import { fake } from '../../support/fake';

/** `<job> by <role>` of every StopTrainingJob. */
export const stopped: string[] = [];
const jobs = new Map<string, DescribeTrainingJobResponse>();
const builds = new Map<string, Build>();

/** Returns the response that its payload requests. */
export const lambda = fake(realLambda, () => ({
  operations: {
    async Invoke({ FunctionName, Payload }) {
      const event = JSON.parse(Buffer.from(Payload as Uint8Array).toString()) as { do?: string };
      const answer = (payload: unknown, FunctionError?: string) => ({
        ...{ StatusCode: 200, ExecutedVersion: '$LATEST', FunctionError },
        Payload: Buffer.from(payload === undefined ? '' : JSON.stringify(payload)),
      });
      if (event.do === 'fail') return answer({ errorType: 'NotGoodEnough', errorMessage: 'no' }, 'Unhandled');
      if (event.do === 'crash') return answer({ errorMessage: 'gone' }, 'Unhandled');
      if (event.do === 'throttle')
        throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.', { status: 429 });
      if (event.do === 'nothing') return answer(undefined);
      return answer({ FunctionName, event });
    },
  },
}));

function trainingJob(
  name: string,
  status: DescribeTrainingJobResponse['TrainingJobStatus'],
  cloud: Cloud,
): void {
  const job = jobs.get(name)!;
  job.TrainingJobStatus = status;
  const { TrainingJobName, TrainingJobArn } = job;
  cloud.events.publish({
    source: 'aws.sagemaker',
    detailType: 'SageMaker Training Job State Change',
    detail: { TrainingJobName, TrainingJobStatus: status },
    resources: [TrainingJobArn!],
  });
}

/** Jobs that end at once with the status in their name, or stay in progress. */
export const sagemaker = fake(realSagemaker, (cloud) => ({
  operations: {
    async CreateTrainingJob(input) {
      const { TrainingJobName: name = '' } = input;
      if (name === 'quota') throw new ServiceError('ResourceLimitExceeded', 'The account-level limit is 0.');
      if (name === 'invalid') throw new ServiceError('ValidationException', 'No such role.');
      if (name === 'unplayed')
        throw new ServiceError('NotImplemented', 'The local cloud does not support it.', { status: 501 });
      const TrainingJobArn = cloud.arn('sagemaker', `training-job/${name}`);
      jobs.set(name, {
        ...input,
        TrainingJobArn,
        SecondaryStatus: 'Training',
        ModelArtifacts: { S3ModelArtifacts: '' },
        CreationTime: new Date(1_700_000_000_000),
      } as DescribeTrainingJobResponse);
      trainingJob(name, 'InProgress', cloud);
      const end = ({ complete: 'Completed', fail: 'Failed', stop: 'Stopped' } as const)[name.split('-')[0]!];
      if (end) trainingJob(name, end, cloud);
      return { TrainingJobArn };
    },
    async DescribeTrainingJob({ TrainingJobName }) {
      return jobs.get(TrainingJobName!)!;
    },
    async StopTrainingJob({ TrainingJobName }, { principal }) {
      stopped.push(`${TrainingJobName} by ${principal.roleArn}`);
      trainingJob(TrainingJobName!, 'Stopped', cloud);
      return {};
    },
  },
}));

export const codebuild = fake(realCodebuild, (cloud) => ({
  operations: {
    async StartBuild({ projectName }) {
      const id = `${projectName}:1`;
      const build: Build = { id, arn: cloud.arn('codebuild', `build/${id}`), buildStatus: 'IN_PROGRESS' };
      builds.set(id, { ...build, buildStatus: projectName === 'good' ? 'SUCCEEDED' : 'FAILED' });
      setImmediate(() =>
        cloud.events.publish({
          source: 'aws.codebuild',
          detailType: 'CodeBuild Build State Change',
          detail: { 'build-status': builds.get(id)!.buildStatus },
          resources: [build.arn!],
        }),
      );
      return { build };
    },
    async BatchGetBuilds({ ids = [] }) {
      return { builds: ids.map((id) => builds.get(id)!) };
    },
  },
}));
