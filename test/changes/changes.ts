import type { Change } from './change';
import { endpointChanges } from './endpoint-changes';
import { modelChanges } from './model-changes';
import { placeChanges } from './place-changes';

/** Changes of every field of a configuration. */
export const changes: readonly Change[] = [...modelChanges, ...placeChanges, ...endpointChanges];
