import { LambdaVariable } from '../../lib/contract/environment';
import type { ScalingSettings } from '../../lib/contract/scaling';
import { setting, variable } from '../shared/environment';
import { logged, type OfRun } from '../shared/log';
import { Autoscaling } from './autoscaling';
import { toDeregister } from './policies';
import { configOf, variantsOf } from './sagemaker';

const endpointName = variable(LambdaVariable.EndpointName);
const settings = setting<ScalingSettings>('scaling');
const autoscaling = new Autoscaling(variable(LambdaVariable.Prefix), endpointName);

export type ScaleRequest =
  /** Before the endpoint is updated to this configuration. */
  | { readonly action: 'prepare'; readonly config: string }
  /** After the update. */
  | { readonly action: 'apply' }
  /** Before the endpoint is deleted. */
  | { readonly action: 'withdraw' };

/**
 * `Prepare scaling` and `Set up scaling`; the working-hours function calls it too.
 *
 * @returns the variants that were deregistered or registered
 */
async function scale(request: ScaleRequest & OfRun): Promise<{ variants: string[] }> {
  const current = await variantsOf(await configOf(endpointName));
  if (request.action === 'prepare') {
    const variants = toDeregister(current, await variantsOf(request.config));
    for (const name of variants) await autoscaling.deregister(name);
    return { variants };
  }
  const variants = current.map(({ name }) => name);
  for (const name of variants) {
    if (request.action === 'withdraw') await autoscaling.deregister(name);
    else await autoscaling.register(name, settings);
  }
  return { variants };
}

export const handler = logged('Scaling', scale);
