import { CodeBuild, type Build, type StartBuildInput } from '@aws-sdk/client-codebuild';
import { stringify } from 'yaml';
import { ROLE, jobCloud, type JobCloud } from '../../jobs/job-cloud';

/** A cloud with CodeBuild, and what its tests have in common. */
export class BuildCloud {
  client: CodeBuild;
  private projects = 0;

  private constructor(readonly fixture: JobCloud) {
    this.client = new CodeBuild(fixture.here.client);
  }

  static async open(): Promise<BuildCloud> {
    return new BuildCloud(await jobCloud());
  }

  /** Creates a project with these commands by phase. @returns its name */
  async project(phases: Record<string, string[]>, more: object = {}): Promise<string> {
    const name = `project-${++this.projects}`;
    const buildspec = stringify({
      version: '0.2',
      phases: Object.fromEntries(Object.entries(phases).map(([phase, commands]) => [phase, { commands }])),
    });
    await this.client.createProject({
      name,
      serviceRole: ROLE,
      source: { type: 'NO_SOURCE', buildspec },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: { type: 'LINUX_CONTAINER', image: 'x', computeType: 'BUILD_GENERAL1_SMALL' },
      ...more,
    });
    return name;
  }

  ended(arn: string) {
    return this.fixture.event(
      ({ resources, detail }) => resources[0] === arn && detail['build-status'] !== 'IN_PROGRESS',
    );
  }

  /** Starts a build, and returns its description when it has ended. */
  async run(projectName: string, input: Partial<StartBuildInput> = {}): Promise<Build> {
    const { build } = await this.client.startBuild({ projectName, ...input });
    await this.ended(build!.arn!);
    return (await this.client.batchGetBuilds({ ids: [build!.id!] })).builds![0]!;
  }

  async log({ logs }: Build): Promise<string> {
    return (await this.fixture.log(logs!.groupName!)).join('\n');
  }

  async restart(): Promise<void> {
    await this.fixture.restart();
    this.client = new CodeBuild(this.fixture.here.client);
  }

  close(): Promise<void> {
    return this.fixture.close();
  }
}
