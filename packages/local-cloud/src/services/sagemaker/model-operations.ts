import { notSupported } from '../../model/errors';
import type { Operations } from '../../core/service';
import { answer } from '../../core/answer';
import { checkEndpointConfig } from './endpoint-config-checks';
import { checkEndpointConfigLimits, validation } from './limits';
import { checkModelImage } from './model-image';
import { packagedContainer } from './model-package-container';
import { checkVpc } from './vpc-check';
import { sessionOf } from './role-access';
import type { SageMakerContext } from './state';

/** Models and endpoint configurations: only descriptions; nothing runs until an endpoint uses them. */
export function modelOperations({ cloud, state, store }: SageMakerContext): Operations<'sagemaker'> {
  const modelArn = (name: string) => cloud.arn('sagemaker', `model/${name.toLowerCase()}`);
  const configArn = (name: string) => cloud.arn('sagemaker', `endpoint-config/${name.toLowerCase()}`);

  return {
    async CreateModel({ Tags, ...asked }) {
      const PrimaryContainer = packagedContainer({ cloud, state }, asked.PrimaryContainer);
      const request = { ...asked, ...(PrimaryContainer && { PrimaryContainer }) };
      const name = request.ModelName!;
      if (request.Containers || request.InferenceExecutionConfig) {
        throw notSupported('models of several containers', 'Use PrimaryContainer.');
      }
      if (!request.PrimaryContainer?.Image) {
        throw validation('You must provide a PrimaryContainer with an Image.');
      }
      if (!request.ExecutionRoleArn) throw validation('You must provide an ExecutionRoleArn.');
      const arn = modelArn(name);
      if (state.models[name]) throw validation(`Cannot create already existing model "${arn}".`);
      const role = sessionOf(cloud, request.ExecutionRoleArn, arn);
      checkVpc(cloud, request.VpcConfig, role);
      await checkModelImage(cloud, request.PrimaryContainer.Image, role);
      state.models[name] = { ...request, ModelArn: arn, CreationTime: new Date(cloud.clock.now()) };
      if (Tags) state.tags[arn] = Tags;
      store.changed();
      return { ModelArn: arn };
    },

    async DescribeModel({ ModelName }) {
      const model = state.models[ModelName!];
      if (!model) throw validation(`Could not find model "${modelArn(ModelName!)}".`);
      return answer(model);
    },

    async DeleteModel({ ModelName }) {
      if (!state.models[ModelName!]) throw validation(`Could not find model "${modelArn(ModelName!)}".`);
      delete state.models[ModelName!];
      store.changed();
      return {};
    },

    async ListModels() {
      const Models = Object.values(state.models).map(({ ModelName, ModelArn, CreationTime }) =>
        answer({ ModelName, ModelArn, CreationTime }),
      );
      return { Models };
    },

    async CreateEndpointConfig({ Tags, ...request }) {
      const name = request.EndpointConfigName!;
      checkEndpointConfigLimits(request);
      const arn = configArn(name);
      if (state.endpointConfigs[name]) {
        throw validation(`Cannot create already existing endpoint configuration "${arn}".`);
      }
      checkEndpointConfig(request, ({ ModelName = '' }) => {
        const model = state.models[ModelName];
        if (!model) throw validation(`Could not find model "${modelArn(ModelName)}".`);
        return model;
      });
      state.endpointConfigs[name] = {
        ...request,
        EndpointConfigArn: arn,
        CreationTime: new Date(cloud.clock.now()),
      };
      if (Tags) state.tags[arn] = Tags;
      store.changed();
      return { EndpointConfigArn: arn };
    },

    async DescribeEndpointConfig({ EndpointConfigName }) {
      const config = state.endpointConfigs[EndpointConfigName!];
      if (!config)
        throw validation(`Could not find endpoint configuration "${configArn(EndpointConfigName!)}".`);
      return answer(config);
    },

    async DeleteEndpointConfig({ EndpointConfigName }) {
      if (!state.endpointConfigs[EndpointConfigName!]) {
        throw validation(`Could not find endpoint configuration "${configArn(EndpointConfigName!)}".`);
      }
      delete state.endpointConfigs[EndpointConfigName!];
      store.changed();
      return {};
    },

    async ListEndpointConfigs() {
      const EndpointConfigs = Object.values(state.endpointConfigs).map(
        ({ EndpointConfigName, EndpointConfigArn, CreationTime }) =>
          answer({ EndpointConfigName, EndpointConfigArn, CreationTime }),
      );
      return { EndpointConfigs };
    },
  };
}
