import * as z from 'zod';

/** SageMaker instance type, e.g. `ml.m5.large`. */
export const instanceType = z
  .string()
  .regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'an instance type such as ml.m5.large');

export const whole = (min: number, max: number) => z.int().min(min).max(max);
