import type { AddPermissionCommandInput } from '@aws-sdk/client-lambda';
import { evaluate, Policy } from '../../../src/iam';
import { policyDocument, statementFor } from '../../../src/services/lambda/policy';

const ACCOUNT = '123456789012';
const ARN = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`;
const API = `arn:aws:execute-api:us-east-1:${ACCOUNT}:abc`;

/** Returns true if API Gateway may invoke the function for an API after AddPermission. */
function mayInvoke(permission: Partial<AddPermissionCommandInput>, sourceArn: string): boolean {
  const statement = statementFor(
    {
      ...{ FunctionName: 'f', StatementId: 's', Action: 'lambda:InvokeFunction' },
      Principal: 'apigateway.amazonaws.com',
      ...permission,
    },
    ARN,
  );
  const request = {
    principal: { kind: 'service' as const, arn: 'apigateway.amazonaws.com', account: ACCOUNT },
    action: 'lambda:InvokeFunction',
    resource: ARN,
    context: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': ACCOUNT },
  };
  const resource = Policy.parse('function policy', policyDocument([statement]), 'resource');
  return evaluate(request, { identity: [], resource }).allowed;
}

test.each<[string, Partial<AddPermissionCommandInput>, string, boolean]>([
  ['the exact source', { SourceArn: `${API}/v1/POST/predict` }, `${API}/v1/POST/predict`, true],
  ['another stage', { SourceArn: `${API}/v1/POST/predict` }, `${API}/v2/POST/predict`, false],
  ['a wildcard for the method', { SourceArn: `${API}/*/*/predict` }, `${API}/v1/GET/predict`, true],
  ['no source', {}, `${API}/v1/POST/predict`, true],
  ['another service', { Principal: 'events.amazonaws.com' }, API, false],
  ['everybody', { Principal: '*' }, API, true],
  ['any action', { Action: 'lambda:*' }, API, true],
  ['another action', { Action: 'lambda:GetFunction' }, API, false],
  ['the account', { SourceAccount: ACCOUNT }, API, true],
  ['another account', { SourceAccount: '210987654321' }, API, false],
])('a statement for %s', (_, permission, sourceArn, allowed) => {
  expect(mayInvoke(permission, sourceArn)).toBe(allowed);
});

test('an invalid principal is refused', () => {
  const input = { FunctionName: 'f', StatementId: 's', Action: 'lambda:InvokeFunction', Principal: 'sns' };
  expect(() => statementFor(input, ARN)).toThrow(/principal was invalid: 'sns'/);
});
