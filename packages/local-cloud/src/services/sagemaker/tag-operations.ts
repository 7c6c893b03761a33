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

    async DeleteTags({ ResourceArn, TagKeys = [] }) {
      const kept = (state.tags[ResourceArn!] ?? []).filter(({ Key }) => !TagKeys.includes(Key!));
      state.tags[ResourceArn!] = kept;
      store.changed();
      return {};
    },

    async ListTags({ ResourceArn }) {
      return { Tags: state.tags[ResourceArn!] ?? [] };
    },
  };
}
