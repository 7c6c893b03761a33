import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from '../../cdk.json';
import project from '../../mlops.config';
import { validateDelivery } from '../../lib/config/delivery';
import { pipelineRoleArn } from '../../lib/operations/delivery-role';
import { prod, stage } from '../support/configs';
import { DeliveryStack } from '../../lib/stacks/delivery-stack';
import { dev } from './support/synthesis';

const delivery = project.delivery!;

interface Action {
  readonly Name: string;
  readonly ActionTypeId: { readonly Category: string; readonly Provider: string };
  readonly RunOrder: number;
  readonly Configuration: Record<string, unknown>;
}

const account = '111122223333';
let folder: string;
let template: Template;
let stages: { Name: string; Actions: Action[] }[];

beforeAll(() => {
  process.env.CDK_VALIDATION = 'false';
  folder = mkdtempSync(join(tmpdir(), 'delivery-'));
  const app = new App({ outdir: join(folder, 'out'), context });
  const stack = new DeliveryStack(app, 'Delivery', {
    delivery: { ...delivery, account },
    app: 'mlops',
    pipelines: [dev, stage, prod],
    gitCommit: 'c0ffee',
  });
  template = Template.fromStack(stack);
  const [pipeline] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'));
  stages = (pipeline!.Properties as { Stages: typeof stages }).Stages;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('deploys a commit to one environment after the other', () => {
  expect(stages.map(({ Name }) => Name)).toEqual([
    ...[
      'Source',
      'Build',
      'UpdatePipeline',
      'Assets',
      'mlops-table-dev',
      'mlops-table-stage',
      'mlops-table-prod',
    ],
  ]);
  template.hasResourceProperties('AWS::CodePipeline::Pipeline', { RestartExecutionOnUpdate: true });
});

test('the source is a connection; there is no token', () => {
  const [{ ActionTypeId, Configuration }] = stages[0]!.Actions as [Action];
  expect(ActionTypeId.Provider).toBe('CodeStarSourceConnection');
  expect(Configuration).toMatchObject({ ConnectionArn: delivery.connectionArn, BranchName: delivery.branch });
  template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  template.resourceCountIs('AWS::IAM::User', 0);
  template.resourceCountIs('AWS::IAM::AccessKey', 0);
});

test.each(['mlops-table-dev', 'mlops-table-stage'])(
  '%s is tested by a whole run, after all of its stacks',
  (name) => {
    const { Actions } = stages.find(({ Name }) => Name === name)!;
    const trial = Actions.find((action) => action.Name.includes('Run'))!;
    expect(trial.ActionTypeId.Provider).toBe('CodeBuild');
    const others = Actions.filter((action) => action !== trial);
    expect(others.length).toBeGreaterThan(5);
    for (const { RunOrder } of others) expect(RunOrder).toBeLessThan(trial.RunOrder);
  },
);

test('production waits for a manual approval before any change', () => {
  const { Actions } = stages.at(-1)!;
  const [approval, ...others] = [...Actions].sort((a, b) => a.RunOrder - b.RunOrder);
  expect(approval!.ActionTypeId).toMatchObject({ Category: 'Approval', Provider: 'Manual' });
  for (const { RunOrder } of others) expect(RunOrder).toBeGreaterThan(approval!.RunOrder);
});

/** Commands of a build project, as its buildspec has them. */
function buildspecs(): { install: string[]; build: string[] }[] {
  return Object.values(template.findResources('AWS::CodeBuild::Project')).flatMap(({ Properties }) => {
    const { BuildSpec } = (Properties as { Source: { BuildSpec: unknown } }).Source;
    // That of the assets' build is a file.
    if (typeof BuildSpec !== 'string' || !BuildSpec.startsWith('{')) return [];
    const { phases } = JSON.parse(BuildSpec) as {
      phases: Record<'install' | 'build', { commands?: string[] } | undefined>;
    };
    return [{ install: phases.install?.commands ?? [], build: phases.build?.commands ?? [] }];
  });
}

test('the build installs, lints, tests and synthesises; each trial is one command', () => {
  const specs = buildspecs();
  expect(specs).toContainEqual({
    install: ['npm ci'],
    build: [
      'npm run lint --if-present',
      'npm run typecheck --if-present',
      'npm test',
      'npm run synth -- --context "commit=$CODEBUILD_RESOLVED_SOURCE_VERSION"',
    ],
  });
  // CI runs the same, on a clean clone: what npm ci would install, `npm test` does.
  const ci = readFileSync('.ci/run', 'utf8')
    .split('\n')
    .map((line) => line.replace(/ & .*$/, ''));
  for (const command of ['npm run lint', 'npm run typecheck', 'npm test', 'npm run synth'])
    expect(ci).toContain(command);
  const trials = specs.filter(({ build }) => build.some((command) => command.includes('mlops.cjs trial')));
  expect(trials).toHaveLength(2);
});

describe('termination protection, which CodePipeline does not set', () => {
  test.each(['dev', 'stage', 'prod'])('of %s is set right after its stack Storage', (place) => {
    const { Actions } = stages.find(({ Name }) => Name === `mlops-table-${place}`)!;
    const orderOf = (of: RegExp) => Actions.find(({ Name }) => of.test(Name))!.RunOrder;
    expect(orderOf(/Protect/)).toBeGreaterThan(orderOf(/^Storage\.Deploy$/));
    // A failure of a later stack does not leave the data without protection.
    expect(orderOf(/Protect/)).toBeLessThanOrEqual(orderOf(/^Pipeline\.Prepare$/));
    const commands = buildspecs().flatMap(({ build }) => build);
    expect(commands).toContain(
      `aws cloudformation update-termination-protection --stack-name mlops-table-${place}-Storage --enable-termination-protection`,
    );
  });

  test('needs one permission, on this stack', () => {
    const [file] = readdirSync(join(folder, 'out/assembly-Delivery-table-dev')).filter((name) =>
      /Storage.*\.template\.json$/.test(name),
    );
    const { Resources } = JSON.parse(
      readFileSync(join(folder, 'out/assembly-Delivery-table-dev', file!), 'utf8'),
    ) as { Resources: Record<string, { Type: string; Properties: { PolicyDocument: object } }> };
    const [policy] = Object.entries(Resources).filter(
      ([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith('Protection'),
    );
    const { Statement } = policy![1].Properties.PolicyDocument as { Statement: { Action: string }[] };
    expect(Statement.map(({ Action }) => Action)).toEqual(['cloudformation:UpdateTerminationProtection']);
    expect(JSON.stringify(Statement)).toContain(':stack/mlops-table-dev-Storage/*');
  });
});

test('the trial may assume only the trial role of each environment', () => {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
  const [, trial] = policies.find(([id]) => id.startsWith('TrialRole'))!;
  const { Statement } = (trial.Properties as { PolicyDocument: { Statement: object[] } }).PolicyDocument;
  const assume = Statement.filter((statement) => JSON.stringify(statement).includes('sts:AssumeRole'));
  expect(assume).toHaveLength(1);
  for (const role of [
    `arn:aws:iam::${account}:role/mlops-table-dev-trial`,
    `arn:aws:iam::${stage.account}:role/mlops-table-stage-trial`,
  ])
    expect(JSON.stringify(assume)).toContain(role);
  expect(JSON.stringify(assume)).not.toContain('*');
});

test.each(['trial', 'protection'] as const)(
  'the partition of the role for the %s is the region’s',
  (purpose) => {
    const target = (region: string) => pipelineRoleArn(dev, { account, region }, purpose);
    expect(target('cn-north-1')).toBe(`arn:aws-cn:iam::${account}:role/mlops-table-dev-${purpose}`);
    expect(target('us-gov-west-1')).toBe(`arn:aws-us-gov:iam::${account}:role/mlops-table-dev-${purpose}`);
  },
);

test.each(['TrialRole', 'ProtectionRole'])('CodeBuild assumes %s for this account only', (prefix) => {
  const roles = Object.entries(template.findResources('AWS::IAM::Role'));
  const [, role] = roles.find(([id]) => id.startsWith(prefix))!;
  expect(JSON.stringify(role)).toContain('"aws:SourceAccount"');
});

// Policies need both names of the action (Developer Tools User Guide, "Connections rename").
test('the source may use its connection under both names of the action', () => {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  const uses = policies.flatMap(({ Properties }) =>
    (
      Properties as { PolicyDocument: { Statement: { Action: string | string[]; Resource: unknown }[] } }
    ).PolicyDocument.Statement.filter(({ Action }) => JSON.stringify(Action).includes('UseConnection')),
  );
  expect(uses.flatMap(({ Action }) => Action)).toEqual(
    expect.arrayContaining(['codeconnections:UseConnection', 'codestar-connections:UseConnection']),
  );
  for (const { Resource } of uses) expect(Resource).toBe(delivery.connectionArn);
});

test('whatever the delivery makes ends by itself', () => {
  const projects = Object.values(template.findResources('AWS::CodeBuild::Project'));
  const groups = template.findResources('AWS::Logs::LogGroup');
  expect(projects.length).toBeGreaterThanOrEqual(5);
  for (const { Properties } of projects) {
    const { LogsConfig } = Properties as { LogsConfig?: { CloudWatchLogs: { GroupName: { Ref: string } } } };
    const group = groups[LogsConfig!.CloudWatchLogs.GroupName.Ref]!;
    expect((group.Properties as { RetentionInDays: number }).RetentionInDays).toBe(365);
  }
  template.hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: {
      Rules: [
        {
          ExpirationInDays: 90,
          NoncurrentVersionExpiration: { NoncurrentDays: 90 },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          Status: 'Enabled',
        },
      ],
    },
  });
});

// A new account runs one build at a time; the checks took up to 30 minutes on two processors.
test('builds fit a new account, and the checks three times', () => {
  const [assets] = stages.filter(({ Name }) => Name === 'Assets');
  expect(assets!.Actions).toHaveLength(1);
  const checks = Object.values(template.findResources('AWS::CodeBuild::Project')).find(({ Properties }) =>
    JSON.stringify(Properties).includes('npm test'),
  )!;
  const { TimeoutInMinutes, Environment } = checks.Properties as {
    TimeoutInMinutes: number;
    Environment: { ComputeType: string };
  };
  expect(TimeoutInMinutes).toBeGreaterThanOrEqual(90);
  expect(Environment.ComputeType).toBe('BUILD_GENERAL1_LARGE');
});

test('an environment has the same stacks by delivery and by cdk deploy', () => {
  expect(readdirSync(join(folder, 'out')).filter((name) => name.startsWith('assembly-'))).toEqual([
    'assembly-Delivery-table-dev',
    'assembly-Delivery-table-prod',
    'assembly-Delivery-table-stage',
  ]);
});

test.each<[field: string, value: string]>([
  ['account', '12'],
  ['repository', 'name'],
  ['connectionArn', 'arn:aws:iam::1:role/x'],
])('%s = %s is refused', (field, value) => {
  expect(() => validateDelivery({ ...delivery, [field]: value })).toThrow(`${field} is "${value}"`);
});
