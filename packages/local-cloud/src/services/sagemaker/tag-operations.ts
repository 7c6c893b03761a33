import type { Operations } from '../../core/service';
import type { SageMakerContext } from './state';

export function tagOperations({ state, store }: SageMakerContext): Operations<'sagemaker'> {
  return {
    async AddTags({ ResourceArn, Tags = [] }) {
      const kept = (state.tags[ResourceArn!] ?? []).filter(({ Key }) => !Tags.some((tag) => tag.Key === Key));
      state.tags[ResourceArn!] = [...kept, ...Tags];
      store.changed();
      return { Tags: state.tags[ResourceArn!] };
    },

    async ListTags({ ResourceArn }) {
      return { Tags: state.tags[ResourceArn!] ?? [] };
    },
  };
}
