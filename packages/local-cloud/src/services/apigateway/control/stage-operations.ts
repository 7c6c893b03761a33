import { ServiceError } from '../../../model/errors';
import type { Operations } from '../../../core/service';
import { patchStage } from './stage-patches';
import { badRequest, refuse } from './requests';
import { newId, type ApiGatewayState, type Deployment, type RestApi, type Stage } from './state';

/** Operations on deployments, and on the stages that serve them. */
export function stageOperations(state: ApiGatewayState): Operations<'apigateway'> {
  const now = () => state.cloud.clock.now();

  function deploy(api: RestApi, description: string | undefined): Deployment {
    const methods = Object.values(api.definition.resources).flatMap((resource) =>
      Object.values(resource.methods),
    );
    if (methods.length === 0) throw badRequest("The REST API doesn't contain any methods");
    if (methods.some(({ integration }) => !integration))
      throw badRequest('No integration defined for method');
    const definition = structuredClone(api.definition);
    const deployment = { id: newId(6), description, created: now(), definition };
    api.deployments[deployment.id] = deployment;
    return deployment;
  }

  function createStage(
    api: RestApi,
    facts: Pick<Stage, 'stageName' | 'deploymentId'> & Partial<Stage>,
  ): Stage {
    const { stageName } = facts;
    if (!/^\w{1,128}$/.test(stageName)) throw badRequest(`Stage name only allows a-zA-Z0-9_: '${stageName}'`);
    if (Object.hasOwn(api.stages, stageName))
      throw new ServiceError('ConflictException', 'Stage already exists');
    const times = { created: now(), updated: now() };
    const stage: Stage = {
      ...facts,
      variables: facts.variables ?? {},
      methodSettings: {},
      tracingEnabled: facts.tracingEnabled ?? false,
      tags: facts.tags ?? {},
      ...times,
    };
    api.stages[stageName] = stage;
    return stage;
  }

  return {
    async CreateDeployment(input) {
      refuse(input, ['cacheClusterEnabled', 'canarySettings']);
      const { restApiId, stageName, description, stageDescription, variables, tracingEnabled } = input;
      const api = state.api(restApiId);
      const deployment = deploy(api, description);
      if (stageName && api.stages[stageName])
        Object.assign(api.stages[stageName], { deploymentId: deployment.id, updated: now() });
      else if (stageName)
        createStage(api, {
          stageName,
          deploymentId: deployment.id,
          description: stageDescription,
          variables,
          tracingEnabled,
        });
      state.changed();
      return showDeployment(deployment);
    },

    async GetDeployment({ restApiId, deploymentId }) {
      return showDeployment(state.deployment(restApiId, deploymentId));
    },

    async GetDeployments({ restApiId }) {
      return { items: Object.values(state.api(restApiId).deployments).map(showDeployment) };
    },

    async DeleteDeployment({ restApiId, deploymentId }) {
      const { deployments, stages } = state.api(restApiId);
      const { id } = state.deployment(restApiId, deploymentId);
      if (Object.values(stages).some((stage) => stage.deploymentId === id)) {
        throw badRequest('Active stages pointing to this deployment must be moved or deleted');
      }
      delete deployments[id];
      state.changed();
      return {};
    },

    async CreateStage(input) {
      refuse(input, ['cacheClusterEnabled', 'canarySettings']);
      const { restApiId, stageName = '', description, variables, tracingEnabled, tags } = input;
      const { id: deploymentId } = state.deployment(restApiId, input.deploymentId);
      const stage = createStage(state.api(restApiId), {
        stageName,
        deploymentId,
        description,
        variables,
        tracingEnabled,
        tags,
      });
      state.changed();
      return showStage(stage);
    },

    async GetStage({ restApiId, stageName }) {
      return showStage(state.stage(restApiId, stageName));
    },

    async GetStages({ restApiId, deploymentId }) {
      const stages = Object.values(state.api(restApiId).stages);
      const shown = stages.filter(
        (stage) => deploymentId === undefined || stage.deploymentId === deploymentId,
      );
      return { item: shown.map(showStage) };
    },

    async UpdateStage({ restApiId, stageName, patchOperations = [] }) {
      const stage = state.stage(restApiId, stageName);
      const patched = structuredClone(stage);
      for (const patch of patchOperations) patchStage(patched, patch);
      state.deployment(restApiId, patched.deploymentId);
      const logs = Object.values(patched.methodSettings).some(
        ({ loggingLevel = 'OFF' }) => loggingLevel !== 'OFF',
      );
      if ((logs || patched.accessLogSettings) && state.data.cloudwatchRoleArn === undefined) {
        throw badRequest('CloudWatch Logs role ARN must be set in account settings to enable logging');
      }
      Object.assign(stage, patched, { accessLogSettings: patched.accessLogSettings, updated: now() });
      state.changed();
      return showStage(stage);
    },

    async DeleteStage({ restApiId, stageName }) {
      const { stageName: name } = state.stage(restApiId, stageName);
      delete state.api(restApiId).stages[name];
      state.changed();
      return {};
    },
  };
}

function showDeployment({ id, description, created }: Deployment) {
  return { id, description, createdDate: new Date(created) };
}

function showStage({ created, updated, ...stage }: Stage) {
  return {
    ...stage,
    cacheClusterEnabled: false,
    cacheClusterStatus: 'NOT_AVAILABLE' as const,
    createdDate: new Date(created),
    lastUpdatedDate: new Date(updated),
  };
}
