import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type { PipelineConfig } from '../config';
import { AppLogGroup } from './log-group';

/**
 * Requires TLS 1.2 or 1.3 of callers of the API's own address; without a policy, API Gateway accepts TLS 1.0 of Regional
 * APIs. The access mode is required with it; `STRICT` could only follow `BASIC` on an API that exists (Developer Guide,
 * "Security policies for REST APIs").
 */
export function requireTls12(api: apigateway.RestApi): void {
  const resource = api.node.defaultChild as apigateway.CfnRestApi;
  resource.securityPolicy = apigateway.SecurityPolicy.TLS13_1_2_PQ_2025_09;
  resource.endpointAccessMode = apigateway.EndpointAccessMode.BASIC;
}

/**
 * Creates the group of a stage's execution log before the stage, with the configured retention: API Gateway would create it
 * without one. The id of the API is part of its name, so a retained group never blocks another API.
 */
export function executionLog(api: apigateway.RestApi, stageName: string, config: PipelineConfig): void {
  const name = `API-Gateway-Execution-Logs_${api.restApiId}/${stageName}`;
  api.deploymentStage.node.addDependency(new AppLogGroup(api, 'ExecutionLog', config, name));
}

/** Returns true if the stacks set the account's role for the logs of APIs; otherwise the account has one. */
export function setsLoggingRole({ apiLoggingRole = 'create' }: PipelineConfig): boolean {
  return apiLoggingRole === 'create';
}
