import { rmSync } from 'node:fs';
import { coreOf, Roles } from 'local-cloud/testing';
import { pipelineConfig, resourcePrefix, type PipelineConfig } from '../../lib/config';
import { dev, local, table } from '../../lib';
import { assemblyOf } from '../runs/assembly';
import { DeployedPipeline } from '../runs/support';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: { readonly StringLike?: Readonly<Record<string, string | readonly string[]>> };
}

/** Where a key may be used for these objects only, they are what is reached. */
const CONTEXT = 'kms:EncryptionContext:aws:s3:arn';

/** What an account has once, by `action on resource`. */
const SHARED = [
  // SageMaker's log groups of all jobs.
  /: logs:\w+ on arn:aws:logs:[^:]*:\d*:log-group:\/aws\/sagemaker\/\w+Jobs:?\*$/,
  // Step Functions' rules for `.sync` tasks.
  /: events:\w+ on arn:aws:events:[^:]*:\d*:rule\/StepFunctionsGetEvents?For\w+$/,
  // CDK's bucket of assets: the sources of images, which are alike.
  /: (s3:GetObject(Version)?|kms:Decrypt) on arn:aws:s3:::cdk-hnb659fds-assets-/,
];

/** Two environments of one model in one account. */
describe('two environments of an account', () => {
  const configs = [local, dev].map((place) =>
    pipelineConfig('mlops', table, { ...place, notifications: { emails: ['team@team.dev'] } }),
  );
  const assemblies = configs.map((config) => assemblyOf(config));
  const pipelines: DeployedPipeline[] = [];

  beforeAll(async () => {
    const [assembly, other] = assemblies;
    const first = await DeployedPipeline.open({ assembly, config: configs[0] });
    pipelines.push(first, await first.beside(configs[1]!, other!));
  });
  afterAll(async () => {
    await pipelines[0]?.close();
    for (const assembly of assemblies) rmSync(assembly, { recursive: true, force: true });
  });

  /** Returns every action that the roles of a pipeline are allowed, with the resource as the policy has it. */
  function granted(config: PipelineConfig) {
    const roles = new Roles(coreOf(pipelines[0]!.session.cloud));
    const names = roles.names().filter((name) => name.startsWith(`${resourcePrefix(config)}-`));
    return names.flatMap((role) =>
      Object.values(roles.find(role)!.policies).flatMap((document) =>
        (document as unknown as { Statement: readonly Statement[] }).Statement.flatMap(
          ({ Effect, Action, Resource, Condition }) =>
            Effect === 'Deny'
              ? []
              : [Action]
                  .flat()
                  .flatMap((action) =>
                    [Condition?.StringLike?.[CONTEXT] ?? Resource]
                      .flat()
                      .map((resource) => ({ role, action, resource })),
                  ),
        ),
      ),
    );
  }

  test.each([
    [0, 1],
    [1, 0],
  ])('no role of %i may do anything to a resource of %i', (one, other) => {
    const own = granted(configs[one]!);
    const foreign = granted(configs[other]!);
    expect(own.length).toBeGreaterThan(100);
    const reached = own.flatMap(({ role, action, resource }) =>
      foreign
        .filter((theirs) => theirs.action === action && theirs.resource !== '*' && resource !== '*')
        .filter((theirs) => covers(resource, theirs.resource.replaceAll('*', 'x')))
        .map((theirs) => `${role}: ${action} on ${theirs.resource}`),
    );
    expect([...new Set(reached)].filter((line) => !SHARED.some((shared) => shared.test(line)))).toEqual([]);
  });

  test('what the roles of both are allowed on every resource has no narrower resource in AWS', () => {
    const everywhere = configs.flatMap(granted).filter(({ resource }) => resource === '*');
    expect([...new Set(everywhere.map(({ action }) => action))].sort()).toMatchInlineSnapshot(`
     [
       "cloudwatch:PutMetricData",
       "ecr:GetAuthorizationToken",
       "logs:CreateLogDelivery",
       "logs:DeleteLogDelivery",
       "logs:DescribeLogGroups",
       "logs:DescribeResourcePolicies",
       "logs:GetLogDelivery",
       "logs:ListLogDeliveries",
       "logs:PutResourcePolicy",
       "logs:UpdateLogDelivery",
       "xray:GetSamplingRules",
       "xray:GetSamplingTargets",
       "xray:PutTelemetryRecords",
       "xray:PutTraceSegments",
     ]
    `);
  });

  test('the key of one opens the API of the other for nobody', async () => {
    const keys = pipelines.map(({ session }) => session.api!.key);
    const ask = async (to: number, key: string) => {
      const answer = await fetch(`${pipelines[to]!.session.api!.url}`, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        body: '{"instances":[{}]}',
      });
      return answer.status;
    };
    expect([await ask(0, keys[1]!), await ask(1, keys[0]!)]).toEqual([403, 403]);
    // Without a champion, the right key reaches the function.
    expect([await ask(0, keys[0]!), await ask(1, keys[1]!)]).toEqual([503, 503]);
  });
});

/** Returns true if a resource of a policy covers a resource. */
function covers(pattern: string, resource: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(resource);
}
