import * as z from 'zod';
import { existingNetworkOf } from './account';
import type { PipelineConfig } from './schema';

/** Input modes of the training data; the program reads folders in each mode. */
export const trainingInput = z.discriminatedUnion('mode', [
  /** Copied to the volume before training. */
  z.strictObject({ mode: z.literal('File') }),
  /** Each object is streamed when it is opened. */
  z.strictObject({ mode: z.literal('FastFile') }),
  /** Read from a file system that is linked to the bucket, is kept between runs, and is billed by the hour. */
  z.strictObject({
    mode: z.literal('FSxLustre'),
    /** GiB, 1,200 or a multiple of 2,400. */
    storageGb: z.int().refine((size) => size === 1_200 || (size > 0 && size % 2_400 === 0), {
      error: '1200 or a multiple of 2400, the sizes that FSx for Lustre has',
    }),
    /** MB/s for each TiB of storage: 125, 250, 500 or 1,000. */
    throughputPerTib: z.literal([125, 250, 500, 1_000]),
  }),
]);

export const INPUT_MODES = trainingInput.options.map(({ shape }) => shape.mode.value);

/** The configuration of a file system. */
export type LustreInput = Extract<PipelineConfig['training']['input'], { mode: 'FSxLustre' }>;

/** Requires a network: SageMaker mounts a file system through the job's own network. */
export function inputFaults(config: PipelineConfig): string[] {
  if (config.training.input.mode !== 'FSxLustre') return [];
  if (existingNetworkOf(config)?.securityGroupIds) {
    return [
      'training.input.mode is "FSxLustre" with network.securityGroupIds; must be File or FastFile, or leave out ' +
        "network.securityGroupIds: jobs and file system need rules of their own for Lustre's ports",
    ];
  }
  if (config.network) return [];
  return [
    'training.input.mode is "FSxLustre" with network null; must be File or FastFile, unless a network is configured: SageMaker mounts ' +
      'a file system only within a network. Set network',
  ];
}
