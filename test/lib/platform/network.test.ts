import { serviceOf } from '../../../lib/platform/network';

/** Decides which endpoint of a private network a function gets with a permission. */
describe('the service that a call reaches', () => {
  test.each([
    ['s3:GetObject', 's3'],
    ['sagemaker:DescribeEndpoint', 'sagemaker'],
    ['sagemaker:InvokeEndpoint', 'sagemakerRuntime'],
    ['sagemaker:InvokeEndpointAsync', 'sagemakerRuntime'],
    ['kms:GenerateMac', 'kms'],
    // S3 and SNS use the key, and Scheduler asks for the role.
    ['kms:GenerateDataKey', undefined],
    ['kms:Decrypt', undefined],
    ['iam:PassRole', undefined],
  ])('of %s is %s', (action, service) => {
    expect(serviceOf(action)).toBe(service);
  });

  // Otherwise the function would be deployed without a way to it, and time out.
  test('is an error for an unknown one, which says where to add it', () => {
    expect(() => serviceOf('athena:StartQueryExecution')).toThrow(
      /"athena:StartQueryExecution".*network\.ts/s,
    );
  });
});
