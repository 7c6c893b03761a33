import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { environments } from '../support/configs';
import { validateConfig, type PipelineConfig } from '../../lib/config';
import { argumentsOf, dryRun, failWith, type Answer } from './support/dry-run';
import { DEPLOYED, expectEnding } from './support/endings';
import { roleStatements, statements, type Statement } from './support/statements';
import { dev, ofType, only, synthesise } from './support/synthesis';
import { lustre } from './support/variants';

interface Rule {
  readonly GroupId: string;
  readonly IpProtocol: string;
  readonly FromPort: number;
  readonly ToPort: number;
  readonly SourceSecurityGroupId?: string;
  readonly DestinationSecurityGroupId?: string;
}

const { pipeline, storage } = synthesise(lustre);
const fileSystem = only<Record<string, any>>(pipeline, 'AWS::FSx::FileSystem');
const groupIds = Object.fromEntries(
  ['TrainingFileSystem', 'TrainingJob'].map((name) => {
    const group = ofType(pipeline, 'AWS::EC2::SecurityGroup').find(({ id }) => id.includes(name))!;
    return [name, `${group.id}.GroupId`];
  }),
);
const rules = (type: 'Ingress' | 'Egress') => ofType<Rule>(pipeline, `AWS::EC2::SecurityGroup${type}`);

describe('the file system', () => {
  test('has the configured size and throughput, and the key of the data', () => {
    const [key] = ofType(storage, 'AWS::KMS::Key');
    expect(fileSystem.properties).toMatchObject({
      FileSystemType: 'LUSTRE',
      StorageCapacity: 1_200,
      KmsKeyId: expect.stringContaining(key!.id) as string,
      LustreConfiguration: { DeploymentType: 'PERSISTENT_2', PerUnitStorageThroughput: 125 },
    });
  });

  test.each(['preprocessed', 'runs'])('imports %s/ of the bucket, and exports nothing', (folder) => {
    const links = ofType(pipeline, 'AWS::FSx::DataRepositoryAssociation');
    const { properties } = links.find((link) => link.properties.FileSystemPath === `/${folder}`)!;
    const bucket = ofType(storage, 'AWS::S3::Bucket').find(({ id }) => id.startsWith('StoreArtifacts'))!;
    expect(properties).toMatchObject({
      FileSystemId: fileSystem.id,
      DataRepositoryPath: `s3://${bucket.id}/${folder}/`,
      S3: { AutoImportPolicy: { Events: ['NEW', 'CHANGED', 'DELETED'] } },
    });
    expect(properties.S3).not.toHaveProperty('AutoExportPolicy');
  });

  test('accepts Lustre’s ports from its own servers and from training only', () => {
    const own = groupIds.TrainingFileSystem!;
    const into = rules('Ingress').filter(({ properties }) => properties.GroupId === own);
    const group = ofType(pipeline, 'AWS::EC2::SecurityGroup').find(({ id }) => own.startsWith(id))!;
    expect(group.properties.SecurityGroupIngress).toBeUndefined();
    expect(
      into.map(({ properties: { SourceSecurityGroupId, IpProtocol, FromPort, ToPort } }) =>
        [SourceSecurityGroupId, IpProtocol, FromPort, ToPort].join(),
      ),
    ).toEqual(
      expect.arrayContaining(
        [own, groupIds.TrainingJob].flatMap((from) => [`${from},tcp,988,988`, `${from},tcp,1018,1023`]),
      ),
    );
    expect(into).toHaveLength(4);
    // Outbound traffic is limited to the same.
    const outOf = rules('Egress').filter(({ properties }) => properties.GroupId === own);
    expect(new Set(outOf.map(({ properties }) => properties.DestinationSecurityGroupId))).toEqual(
      new Set(Object.values(groupIds)),
    );
    expect(group.properties.SecurityGroupEgress).toBeUndefined();
  });

  // FSx checks the rules when it creates a file system; otherwise CloudFormation would create both at the same time.
  test('is created after the security group rules', () => {
    const own = rules('Ingress').filter(
      ({ properties }) =>
        properties.GroupId === groupIds.TrainingFileSystem &&
        properties.SourceSecurityGroupId === groupIds.TrainingFileSystem,
    );
    expect(own).toHaveLength(2);
    for (const { id } of own) expect(fileSystem.dependsOn).toContain(id);
  });
});

describe('permissions', () => {
  const policyOf = (role: string): Statement[] => {
    const policy = ofType<{ Roles: string[] }>(pipeline, 'AWS::IAM::Policy').find(({ properties }) =>
      properties.Roles.some((name) => name.startsWith(role)),
    )!;
    return statements(policy);
  };

  test('the training role describes the file system, and has no access to the objects in it', () => {
    const training = policyOf('RunTrainJobRole');
    const ofFsx = training.flatMap(({ Action }) => Action).filter((action) => action.startsWith('fsx:'));
    expect(ofFsx).toEqual(['fsx:DescribeFileSystems']);
    const read = training.filter(({ Action }) => Action.includes('s3:GetObject'));
    expect(read.flatMap(({ Resource }) => Resource)).toEqual([
      expect.stringContaining('/checkpoints/') as string,
    ]);
  });

  test('the state machine starts and describes tasks of this file system only', () => {
    const mine = roleStatements(pipeline).filter(
      ({ Action, policy }) =>
        policy.startsWith('RunStateMachine') && Action.some((name) => name.startsWith('fsx:')),
    );
    const actions = mine.flatMap(({ Action }) => Action).filter((name) => name.startsWith('fsx:'));
    expect(actions.sort()).toEqual(['fsx:CreateDataRepositoryTask', 'fsx:DescribeDataRepositoryTasks']);
    const create = mine.find(({ Action }) => Action.includes('fsx:CreateDataRepositoryTask'))!;
    expect([...create.Resource].sort()).toEqual([
      `${fileSystem.id}.ResourceARN`,
      'arn:aws:fsx:eu-west-1:123456789012:task/*',
    ]);
  });

  test('the key may be used for file systems of this account through S3 only', () => {
    const keyStatements = (config: PipelineConfig) => {
      const { properties } = only(synthesise(config).storage, 'AWS::KMS::Key');
      return (properties.KeyPolicy as { Statement: Statement[] }).Statement;
    };
    const forAnyone = (config: PipelineConfig) =>
      keyStatements(config).filter(({ Principal }) => JSON.stringify(Principal) === '{"AWS":"*"}');
    expect(forAnyone(dev)).toEqual([]);
    const [forFileSystems, ...others] = forAnyone(lustre);
    expect(others).toEqual([]);
    expect(forFileSystems).toMatchObject({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
      Condition: {
        StringEquals: {
          'kms:CallerAccount': '123456789012',
          'kms:ViaService': 's3.eu-west-1.amazonaws.com',
        },
        ArnLike: {
          'aws:PrincipalArn':
            'arn:aws:iam::123456789012:role/aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_*',
        },
      },
    });
  });
});

test('without it there is no file system, no permission and no state', () => {
  for (const config of [dev, ...environments]) {
    const synthesis = synthesise(config);
    const text = JSON.stringify([synthesis.storage, synthesis.pipeline]);
    for (const word of ['AWS::FSx', 'fsx:', 'aws-sdk:fsx', 'AWSServiceRoleForFSxS3Access'])
      expect([config.environment, word, text.includes(word)]).toEqual([config.environment, word, false]);
  }
});

describe('a run', () => {
  const IMPORT = ['Import data', 'Describe import', 'Data imported?'];
  const answerImport =
    (...lifecycles: string[]): Answer =>
    () => ({
      DataRepositoryTasks: [
        {
          TaskId: 'task-0',
          Lifecycle: lifecycles.length > 1 ? lifecycles.shift()! : lifecycles[0]!,
          ...(lifecycles[0] === 'FAILED' && { FailureDetails: { Message: 'no access to the bucket' } }),
        },
      ],
    });

  test('imports splits and schema, then trains from the folders in which they appear', async () => {
    const run = await expectEnding(lustre, {
      status: 'SUCCEEDED',
      through: ['Check data', ...IMPORT, 'Release old data', 'Train model', ...DEPLOYED],
      never: ['Wait for import', 'Import failed'],
      serves: 'candidate',
    });
    expect(argumentsOf(run, 'Import data')).toEqual({
      Type: 'IMPORT_METADATA_FROM_REPOSITORY',
      FileSystemId: fileSystem.id,
      Paths: [run.plan.uris.preprocessed, run.plan.uris.schema],
      Report: { Enabled: false },
    });
    expect(argumentsOf(run, 'Release old data')).toMatchObject({
      Type: 'RELEASE_DATA_FROM_FILESYSTEM',
      Paths: ['/'],
      ReleaseConfiguration: { DurationSinceLastAccess: { Unit: 'DAYS', Value: 1 } },
    });
    const job = argumentsOf<CreateTrainingJobCommandInput>(run, 'Train model');
    expect(job.AlgorithmSpecification!.TrainingInputMode).toBe('File');
    const mount = `/${fileSystem.id}.LustreMountName`;
    const { runId } = run.plan;
    expect(job.InputDataConfig).toEqual(
      (
        [
          ['train', `preprocessed/${runId}/train`],
          ['validation', `preprocessed/${runId}/validation`],
          ['schema', `runs/${runId}/schema`],
        ] as const
      ).map(([ChannelName, folder]) => ({
        ChannelName,
        DataSource: {
          FileSystemDataSource: {
            ...{ FileSystemId: fileSystem.id, FileSystemType: 'FSxLustre', FileSystemAccessMode: 'ro' },
            DirectoryPath: `${mount}/${folder}`,
          },
        },
      })),
    );
    expect(job.VpcConfig!.Subnets).toEqual(fileSystem.properties.SubnetIds);
    expect(job.ResourceConfig!.VolumeSizeInGB).toBe(30);
  });

  test.each<[string, Answer, RegExp | undefined]>([
    ['waits for an import', answerImport('PENDING', 'EXECUTING', 'SUCCEEDED'), undefined],
    ['fails with the reason of a failed one', answerImport('FAILED'), /FAILED.*no access/],
    ['gives up on one that does not end', answerImport('EXECUTING'), /EXECUTING/],
    ['fails with one that was cancelled', answerImport('CANCELED'), /CANCELED/],
  ])('%s', async (_, answer, cause) => {
    await expectEnding(lustre, {
      answers: { 'Describe import': answer },
      ...(cause
        ? { status: 'FAILED', error: 'ImportFailed', cause, serves: null }
        : { status: 'SUCCEEDED', serves: 'candidate' }),
      through: [...IMPORT, ...(cause ? ['Import failed'] : ['Wait for import', 'Train model'])],
      never: cause ? ['Release old data', 'Train model'] : ['Import failed'],
    });
  });

  test('retries while another run’s task is running', async () => {
    let tries = 0;
    const busy: Answer = (request, world) =>
      ++tries < 4
        ? failWith('FSx.DataRepositoryTaskExecutingException', 'one at a time')(request, world)
        : undefined;
    const { status } = await dryRun(lustre, { answers: { 'Import data': busy } });
    expect([status, tries]).toEqual(['SUCCEEDED', 4]);
  });
});

describe('a configuration is refused', () => {
  const withInput = (input: unknown, network = lustre.network): PipelineConfig => ({
    ...lustre,
    network,
    training: { ...lustre.training, input: input as PipelineConfig['training']['input'] },
  });
  const input = { mode: 'FSxLustre', storageGb: 1_200, throughputPerTib: 125 };

  test.each<[unknown, string]>([
    [{ mode: 'Pipe' }, 'training.input.mode is "Pipe"'],
    [{ mode: 'FSxLustre' }, 'training.input.storageGb is missing'],
    [{ ...input, storageGb: 3_600 }, 'training.input.storageGb is 3600'],
    [{ ...input, storageGb: 0 }, 'training.input.storageGb is 0'],
    [{ ...input, throughputPerTib: 200 }, 'training.input.throughputPerTib is 200'],
    [{ mode: 'File', storageGb: 1_200 }, 'training.input.storageGb'],
  ])('with an input of %j', (value, message) => {
    expect(() => validateConfig(withInput(value))).toThrow(message);
  });

  test('for a file system without a network', () => {
    expect(() => validateConfig(withInput(input, null))).toThrow(
      'training.input.mode is "FSxLustre" with network null',
    );
  });

  test.each([1_200, 2_400, 4_800, 24_000])('not for the size %d', (storageGb) => {
    const config = withInput({ ...input, storageGb });
    expect(validateConfig(config)).toBe(config);
  });
});
