import { readFileSync } from 'node:fs';
import { everything } from './support/everything';
import { dev, ofType, synthesise, synthesiseAnew } from './support/synthesis';
import { roleStatements } from './support/statements';

/** AWS's policy of the role under which API Gateway logs (AWS Managed Policy Reference). */
const PUSH_TO_CLOUDWATCH_LOGS = [
  ...['CreateLogGroup', 'CreateLogStream', 'DescribeLogGroups', 'DescribeLogStreams', 'PutLogEvents'],
  ...['GetLogEvents', 'FilterLogEvents'],
].map((action) => `logs:${action}`);

test('docs/permissions-boundary.json allows the actions of all roles, and no others', () => {
  const policy = JSON.parse(readFileSync('docs/permissions-boundary.json', 'utf8')) as {
    Statement: [{ Action: string[] }];
  };
  const delivered = synthesiseAnew(dev, { account: '123456789012' });
  const actions = [...everything.map(synthesise), delivered].flatMap((synthesis) => {
    const { storage, network, pipeline, inference } = synthesis;
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
