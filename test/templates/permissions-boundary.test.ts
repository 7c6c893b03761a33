import { readFileSync } from 'node:fs';
import { environments } from '../support/configs';
import { BARE_VPC, withBucket } from './support/account';
import { dev, ofType, synthesise } from './support/synthesis';
import { roleStatements } from './support/statements';
import * as variants from './support/variants';

/** AWS's policy of the role under which API Gateway logs (AWS Managed Policy Reference). */
const PUSH_TO_CLOUDWATCH_LOGS = [
  ...['CreateLogGroup', 'CreateLogStream', 'DescribeLogGroups', 'DescribeLogStreams', 'PutLogEvents'],
  ...['GetLogEvents', 'FilterLogEvents'],
].map((action) => `logs:${action}`);

/** Every kind of serving and every part, in a network and with a bucket of the team. */
const configurations = [
  ...environments,
  ...[variants.abTest, variants.approval, variants.asynchronous, variants.batch, variants.canary],
  ...[variants.lustre, variants.scaled, variants.serverless, variants.shadow, variants.workingHours],
  withBucket({ ...dev, network: BARE_VPC }),
];

test('docs/permissions-boundary.json allows the actions of all roles, and no others', () => {
  const policy = JSON.parse(readFileSync('docs/permissions-boundary.json', 'utf8')) as {
    Statement: [{ Action: string[] }];
  };
  const actions = configurations.flatMap((config) => {
    const { storage, network, pipeline, inference } = synthesise(config);
    const stacks = [storage, network, pipeline, inference];
    const managed = stacks.flatMap((stack) =>
      ofType<{ ManagedPolicyArns?: string[] }>(stack, 'AWS::IAM::Role').flatMap(
        ({ properties }) => properties.ManagedPolicyArns ?? [],
      ),
    );
    for (const arn of managed) expect(arn).toMatch(/\/AmazonAPIGatewayPushToCloudWatchLogs$/);
    return stacks.flatMap(roleStatements).flatMap(({ Action }) => Action);
  });
  const needed = [...new Set([...actions, ...PUSH_TO_CLOUDWATCH_LOGS])].sort();
  expect(policy.Statement[0].Action).toEqual(needed);
  // IAM's quota for a managed policy.
  expect(JSON.stringify(policy).length).toBeLessThan(6_144);
});
