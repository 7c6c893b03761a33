import { resourcePrefix } from '../../lib/config';
import { MANAGED_POLICIES, ON_EVERYTHING } from '../permissions/reviewed';
import { ACCOUNT, dev, local, ofType, REGION, synthesise } from './support/synthesis';
import { approval, builtIn, workingHours } from './support/variants';
import { roleStatements, type Statement } from './support/statements';

describe.each(Object.entries({ dev, local, approval, workingHours, builtIn }))(
  'permissions of %s',
  (_, config) => {
    const synthesis = synthesise(config);
    const stacks = [synthesis.storage, synthesis.pipeline, synthesis.inference];
    const all = stacks.flatMap(roleStatements);
    const about = (service: string) =>
      all.filter(({ Action }) => Action.some((action) => action.startsWith(`${service}:`)));

    test('roles have single actions, never all actions of a service', () => {
      expect(all.length).toBeGreaterThan(30);
      for (const { Effect, Action } of all) {
        expect(Effect).toBe('Allow');
        for (const action of Action) expect(action).toMatch(/^[a-z0-9-]+:[A-Z][A-Za-z]+$/);
      }
    });

    test('"*" is a resource only of actions without resource-level permissions', () => {
      const onEverything = all.filter(({ Resource }) => Resource.includes('*'));
      const actions = onEverything.flatMap(({ Action }) => Action);
      expect([...new Set(actions)].sort()).toEqual(Object.keys(ON_EVERYTHING).sort());
      for (const statement of onEverything) {
        if (!statement.Action.includes('cloudwatch:PutMetricData')) continue;
        expect(statement.Condition).toEqual({
          StringEquals: {
            'cloudwatch:namespace': expect.stringMatching(
              /^\/aws\/sagemaker\/(ProcessingJobs|TrainingJobs|TransformJobs|Endpoints)$/,
            ),
          },
        });
      }
    });

    test("roles have only their own policy, and the account's logging policy", () => {
      const roles = stacks.flatMap((stack) =>
        ofType<{ ManagedPolicyArns?: string[]; Policies?: unknown }>(stack, 'AWS::IAM::Role'),
      );
      for (const { properties } of roles) {
        expect(properties.Policies).toBeUndefined();
        for (const policy of properties.ManagedPolicyArns ?? []) {
          expect(Object.keys(MANAGED_POLICIES)).toContain(policy.split('/').at(-1));
        }
      }
    });

    test('roles are passed one by one, to the service that they trust', () => {
      const passing = about('iam').filter(({ Action }) => Action.includes('iam:PassRole'));
      expect(passing.map(({ Condition }) => Condition!.StringEquals!['iam:PassedToService']).sort()).toEqual([
        'sagemaker.amazonaws.com',
        'scheduler.amazonaws.com',
      ]);
      const roles = ofType<{ AssumeRolePolicyDocument: { Statement: TrustStatement[] } }>(
        synthesis.pipeline,
        'AWS::IAM::Role',
      );
      for (const { Action, Resource, Condition } of passing) {
        expect(Action).toEqual(['iam:PassRole']);
        const service = Condition!.StringEquals!['iam:PassedToService'];
        expect(Condition).toEqual({ StringEquals: { 'iam:PassedToService': service } });
        expect(Resource.map((arn) => arn.split(':').at(-1)).sort()).toEqual(
          roles
            .filter(({ properties }) => trusted(properties) === service)
            // Only a deployment makes schedules with it.
            .filter(({ id }) => !id.startsWith('WorkingHours'))
            .map(({ id }) => id)
            .sort(),
        );
      }
    });

    // Otherwise a job of another account could be made to use the role.
    test('SageMaker assumes roles only for this account', () => {
      const trusts = ofType<{ AssumeRolePolicyDocument: { Statement: TrustStatement[] } }>(
        synthesis.pipeline,
        'AWS::IAM::Role',
      ).flatMap(({ properties }) => properties.AssumeRolePolicyDocument.Statement);
      const bySageMaker = trusts.filter(({ Principal }) => Principal.Service === 'sagemaker.amazonaws.com');
      // Transform jobs that evaluate have models of their own.
      expect(bySageMaker).toHaveLength(config.programs.evaluate ? 5 : 4);
      for (const { Condition } of bySageMaker) {
        expect(Condition).toEqual({ StringEquals: { 'aws:SourceAccount': ACCOUNT } });
      }
    });

    test("SageMaker's actions are limited to the environment's resources", () => {
      const onSageMaker = about('sagemaker');
      expect(onSageMaker).not.toHaveLength(0);
      const own = new RegExp(
        `^arn:aws:sagemaker:${REGION}:${ACCOUNT}:[a-z-]+/${resourcePrefix(config)}(-\\*|-endpoint|/\\*)$`,
      );
      for (const { Resource } of onSageMaker) for (const resource of Resource) expect(resource).toMatch(own);
    });

    test('object permissions are limited to a prefix or a key, never a whole bucket', () => {
      const patterns = about('s3')
        .flatMap(({ Resource }) => Resource)
        .filter((resource) => /:(Store(Data|Artifacts))\w*\//.test(resource))
        .map((resource) => resource.slice(resource.indexOf('/')));
      expect(patterns).not.toHaveLength(0);
      expect(patterns).not.toContain('/*');
    });

    test('roles that write artifacts may use their key', () => {
      const keyed = new Set(
        about('kms')
          .filter(encrypts)
          .map(({ policy }) => policy),
      );
      const writers = about('s3').filter(({ Action }) => Action.includes('s3:PutObject'));
      expect(writers).not.toHaveLength(0);
      for (const { policy } of writers) expect(keyed).toContain(policy);
    });
  },
);

interface TrustStatement {
  readonly Principal: { readonly Service: string };
  readonly Condition?: unknown;
}

function trusted(role: { AssumeRolePolicyDocument: { Statement: TrustStatement[] } }): string {
  return role.AssumeRolePolicyDocument.Statement[0]!.Principal.Service;
}

/** S3 encrypts under a KMS key in the caller's name. */
function encrypts({ Action }: Statement): boolean {
  return Action.some((action) => action.startsWith('kms:GenerateDataKey'));
}
