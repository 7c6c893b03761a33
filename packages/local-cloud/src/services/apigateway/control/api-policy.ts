import { documentOf, parsePolicy } from '../../../access/policy-documents';
import type { Cloud } from '../../../core/cloud';
import { ServiceError } from '../../../model/errors';
import { badRequest } from './requests';
import { type ApiGatewayState } from './state';

/**
 * Checks the resource policy of an API, and returns it with the short form of resources, `execute-api:/stage/GET/*`, written
 * out (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-create-attach.html). The
 * message is that of https://github.com/aws/chalice/issues/2065.
 */
export function apiPolicy(cloud: Cloud, apiId: string, text: string): string {
  const full = text.replaceAll('"execute-api:/', `"${cloud.arn('execute-api', `${apiId}/`)}`);
  try {
    parsePolicy(cloud, { name: 'policy', kind: 'resource', code: 'BadRequestException' }, full);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw badRequest(
      `Invalid policy document. Please check the policy syntax and ensure that Principals are valid. (${error.message})`,
    );
  }
  return full;
}

/** Lets the policies of deployed stages count: a change of a policy needs a deployment (the same page). */
export function registerApiPolicies(state: ApiGatewayState): void {
  state.cloud.services.addPolicies('execute-api', (arn) => {
    const [apiId = '', stageName = ''] = arn.split(':')[5]!.split('/');
    const { data } = state;
    const api = Object.hasOwn(data.apis, apiId) ? data.apis[apiId] : undefined;
    const stage = api && Object.hasOwn(api.stages, stageName) ? api.stages[stageName] : undefined;
    return stage && documentOf(api!.deployments[stage.deploymentId]?.definition.policy);
  });
}
