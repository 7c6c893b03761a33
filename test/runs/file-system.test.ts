import { FSx } from '@aws-sdk/client-fsx';
import { DescribeTrainingJobCommand, ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { rmSync } from 'node:fs';
import { hurriedClock } from 'local-cloud/testing';
import { assemblyOf } from './assembly';
import { DeployedPipeline } from './support';
import { withFileSystem } from './with-file-system';

test('a run imports its data into the file system, and trains from there', async () => {
  const assembly = assemblyOf(withFileSystem);
  const pipeline = await DeployedPipeline.open({ assembly, executionClock: hurriedClock(100) });
  const fsx = new FSx(pipeline.session.cloud.clientOptions());
  try {
    const { runId, decision, seconds } = await pipeline.run({ set: { 'training.epochs': '15' } });
    expect(decision).toBe('deployed');
    for (const state of ['Import data', 'Describe import', 'Release old data'])
      expect(seconds.states).toHaveProperty([state]);

    const { FileSystems = [] } = await fsx.describeFileSystems();
    expect(FileSystems).toHaveLength(1);
    const { FileSystemId, SubnetIds, LustreConfiguration } = FileSystems[0]!;
    // The training role may not read the splits: what the program has read, it has from here.
    const { sagemaker } = pipeline.session.clients;
    const { TrainingJobSummaries = [] } = await sagemaker.send(new ListTrainingJobsCommand({}));
    const job = await sagemaker.send(
      new DescribeTrainingJobCommand({ TrainingJobName: TrainingJobSummaries[0]!.TrainingJobName! }),
    );
    expect(job.TrainingJobStatus).toBe('Completed');
    expect(job.VpcConfig!.Subnets).toEqual(SubnetIds);
    expect(job.InputDataConfig!.map(({ DataSource }) => DataSource)).toEqual(
      [`preprocessed/${runId}/train`, `preprocessed/${runId}/validation`, `runs/${runId}/schema`].map(
        (folder) => ({
          FileSystemDataSource: {
            ...{ FileSystemId, FileSystemType: 'FSxLustre', FileSystemAccessMode: 'ro' },
            DirectoryPath: `/${LustreConfiguration!.MountName}/${folder}`,
          },
        }),
      ),
    );

    const { DataRepositoryTasks = [] } = await fsx.describeDataRepositoryTasks();
    expect(
      DataRepositoryTasks.map(({ Type, Lifecycle, Status }) => [Type, Lifecycle, Status!.TotalCount]).sort(),
    ).toEqual([
      // Of one shard two matrices with their descriptions, two files of rows, rejected rows and the report; schema and
      // encoding.
      ['IMPORT_METADATA_FROM_REPOSITORY', 'SUCCEEDED', 10],
      ['RELEASE_DATA_FROM_FILESYSTEM', 'SUCCEEDED', 0],
    ]);
  } finally {
    fsx.destroy();
    await pipeline.close();
    rmSync(assembly, { recursive: true, force: true });
  }
});
