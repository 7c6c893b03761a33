import {
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { context } from '../../cdk.json';
import { NO_TRIGGERS, type PipelineConfig } from '../../lib/config';
import project from '../../mlops.config';
import { dev, prod } from '../support/configs';
import { DeliveryStack } from '../../lib/stacks/delivery-stack';
import { openSession, type Session } from '../../start/session';
import { uploadData } from '../../cli/upload';
import type { Ended } from '../cli/operator';
import { uncheckedData } from '../runs/support';

/** Account and region of the local cloud. */
const PLACE = { account: '123456789012', region: 'us-east-1' };
const TRIAL = /^TrialRole/;

const delivery = project.delivery!;
/** Automatic triggers would start runs during the trial; the approval is the trial's to give. */
const tried: PipelineConfig = {
  ...dev,
  triggers: NO_TRIGGERS,
  approval: { days: 1, emails: ['approver@team.dev'] },
};

interface Phases {
  readonly install: { readonly commands: string[] };
  readonly build: { readonly commands: string[] };
}

interface Project {
  readonly Source: { readonly BuildSpec: string };
  readonly Environment: { readonly EnvironmentVariables?: { Name: string; Value: string }[] };
}

let folder: string;
let template: Template;
let session: Session;

beforeAll(async () => {
  process.env.CDK_VALIDATION = 'false';
  folder = mkdtempSync(join(tmpdir(), 'delivery-'));
  const assembly = join(folder, 'assembly');
  const app = new App({ outdir: assembly, context });
  const stack = new DeliveryStack(app, 'Delivery', {
    delivery: { ...delivery, ...PLACE },
    app: 'mlops',
    pipelines: [tried, prod],
    gitCommit: 'c0ffee',
  });
  template = Template.fromStack(stack);
  session = await openSession({
    config: tried,
    assembly: join(assembly, 'assembly-Delivery-table-dev'),
    state: join(folder, 'state'),
    fresh: false,
    port: 0,
    python: process.env.PYTHON!,
  });
  await uploadData(session.clients.s3, uncheckedData(), {
    bucket: session.outputs.DataBucketName,
    prefix: dev.data.prefix,
    schemaKey: dev.data.schemaKey,
  });
  await createTrialRole();
}, 120_000);

afterAll(async () => {
  await session.cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the trial of an environment runs, by the commands of its buildspec and as its roles', async () => {
  const { install, build, variables } = trialProject();
  const credentials = await containerCredentials();
  try {
    const checkout = join(folder, 'checkout');
    checkOut(checkout);
    const env = {
      ...cleanEnvironment(),
      ...variables,
      HOME: join(folder, 'home'),
      AWS_ENDPOINT_URL: session.cloud.endpoint,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: credentials.url,
    };
    mkdirSync(join(folder, 'home'));
    const ended = await shell([...install, ...build].join('\n'), checkout, env);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout.trimEnd().split('\n').at(-1)).toMatch(/^run \S+: deployed, accuracy 0\.\d+$/);

    // A delivery of the same resources starts no run.
    const again = await shell(build.at(-1)!, checkout, env);
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^not tried again: image, gate and definition are those of run \S+/,
      ) as string,
    });

    // The roles that the trial has may do this and no more.
    const other = await shell('node bin/mlops.cjs rollback', checkout, env);
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/not authorized to perform/) as string,
    });
  } finally {
    await credentials.close();
  }
}, 600_000);

function trialProject() {
  const projects = Object.values(template.findResources('AWS::CodeBuild::Project')) as {
    Properties: Project;
  }[];
  const { Properties } = projects.find(({ Properties: { Source } }) =>
    /mlops\.cjs trial/.test(String(Source.BuildSpec)),
  )!;
  const { phases } = JSON.parse(Properties.Source.BuildSpec) as { phases: Phases };
  const variables = Object.fromEntries(
    (Properties.Environment.EnvironmentVariables ?? [])
      .filter(({ Name }) => !Name.startsWith('_'))
      .map(({ Name, Value }) => [Name, Value]),
  );
  return { install: phases.install.commands, build: phases.build.commands, variables };
}

/**
 * The delivery's own role, as its template has it: trust, and what it may do beside CodeBuild's and CodePipeline's
 * grants, whose resource types the local cloud does not have.
 */
async function createTrialRole(): Promise<void> {
  const roles = own('AWS::IAM::Role');
  const policies = own('AWS::IAM::Policy').map(([id, policy]) => {
    const { PolicyDocument } = policy.Properties as { PolicyDocument: { Statement: object[] } };
    const Statement = PolicyDocument.Statement.filter((one) =>
      JSON.stringify(one).includes('"sts:AssumeRole"'),
    );
    const Properties = { ...policy.Properties, PolicyDocument: { ...PolicyDocument, Statement } };
    return [id, { ...policy, Properties }] as const;
  });
  const client = new CloudFormationClient(session.cloud.clientOptions());
  const StackName = 'Delivery';
  const TemplateBody = JSON.stringify({ Resources: Object.fromEntries([...roles, ...policies]) });
  await client.send(
    new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] }),
  );
  await waitUntilStackCreateComplete({ client, maxWaitTime: 30, minDelay: 1 }, { StackName });
}

function own(type: string): [string, { Properties: object }][] {
  return (Object.entries(template.findResources(type)) as [string, { Properties: object }][]).filter(([id]) =>
    TRIAL.test(id),
  );
}

/** The credentials that CodeBuild gives a build's container: a session of the project's role. */
async function containerCredentials(): Promise<{ url: string; close(): Promise<void> }> {
  const { cloud } = session;
  const [[, role]] = own('AWS::IAM::Role') as [[string, { Properties: { RoleName: string } }]];
  const variables = cloud.environmentFor(
    `arn:aws:iam::${PLACE.account}:role/${role.Properties.RoleName}`,
    'AWSCodeBuild',
  );
  const server = createServer((_request, response) => {
    response.end(
      JSON.stringify({
        AccessKeyId: variables.AWS_ACCESS_KEY_ID,
        SecretAccessKey: variables.AWS_SECRET_ACCESS_KEY,
        Token: variables.AWS_SESSION_TOKEN,
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/credentials`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** The files as a commit of them would have them. */
function checkOut(to: string): void {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter((name) => name !== '')) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(file, join(to, file));
  }
}

/** CodeBuild's container has no AWS variables but its own, and another home; npm keeps its cache and settings. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !/^(AWS|MLOPS)_/.test(name));
  return {
    npm_config_userconfig: join(homedir(), '.npmrc'),
    npm_config_cache: join(homedir(), '.npm'),
    ...Object.fromEntries(others),
  };
}

/** CodeBuild runs all commands of a build in one shell and stops at the first that fails. */
function shell(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    execFile('bash', ['-e', '-c', script], { cwd, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
