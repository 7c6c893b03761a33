import type { AddPermissionCommandInput } from '@aws-sdk/client-lambda';
import type { Principal } from '../../../local/core/principals';
import { assertMayInvoke, statementFor } from '../../../local/services/lambda/policy';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:f';
const API = 'arn:aws:execute-api:us-east-1:123456789012:abc';

const service = (name: string): Principal => ({
  kind: 'service',
  arn: name,
  userId: name,
  account: '123456789012',
});

function mayInvoke(
  permission: Partial<AddPermissionCommandInput>,
  sourceArn: string,
  principal = service('apigateway.amazonaws.com'),
) {
  const input = {
    ...{
      FunctionName: 'f',
      StatementId: 's',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    },
    ...permission,
  };
  try {
    assertMayInvoke({ arn: ARN, policy: [statementFor(input, ARN)] }, principal, sourceArn);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'AccessDeniedException', status: 403 });
    return false;
  }
}

test.each<[string, Partial<AddPermissionCommandInput>, string, boolean]>([
  ['the exact source', { SourceArn: `${API}/v1/POST/predict` }, `${API}/v1/POST/predict`, true],
  ['another stage', { SourceArn: `${API}/v1/POST/predict` }, `${API}/v2/POST/predict`, false],
  ['a wildcard for the method', { SourceArn: `${API}/*/*/predict` }, `${API}/v1/GET/predict`, true],
  ['a wildcard over slashes', { SourceArn: `${API}/*` }, `${API}/v1/POST/a/b`, true],
  ['a wildcard of one ARN part', { SourceArn: 'arn:aws:*' }, `${API}/v1/POST/predict`, false],
  ['one character', { SourceArn: `${API}/v?/POST/predict` }, `${API}/v1/POST/predict`, true],
  ['a dot that is no wildcard', { SourceArn: `${API}/v./POST/predict` }, `${API}/v1/POST/predict`, false],
  ['no source', {}, `${API}/v1/POST/predict`, true],
  ['another service', { Principal: 'events.amazonaws.com' }, API, false],
  ['everybody', { Principal: '*' }, API, true],
  ['any action', { Action: 'lambda:*' }, API, true],
  ['another action', { Action: 'lambda:GetFunction' }, API, false],
  ['the account', { SourceAccount: '123456789012' }, API, true],
  ['another account', { SourceAccount: '210987654321' }, API, false],
])('a statement for %s', (_, permission, sourceArn, allowed) => {
  expect(mayInvoke(permission, sourceArn)).toBe(allowed);
});

test('a role of the account needs no statement', () => {
  const role: Principal = { ...service('role'), kind: 'role' };
  expect(() => assertMayInvoke({ arn: ARN, policy: [] }, role, undefined)).not.toThrow();
});

test('a principal that is none is refused', () => {
  const input = { FunctionName: 'f', StatementId: 's', Action: 'lambda:InvokeFunction', Principal: 'sns' };
  expect(() => statementFor(input, ARN)).toThrow(/principal was invalid: 'sns'/);
});
