import { LambdaVariable } from '../../lib/contract/environment';

/**
 * Returns a variable's value.
 *
 * @throws Error if the function was deployed without it: a fault of the stack, not of the caller
 */
export function variable(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`environment variable ${name} is not set; the construct of this function sets it`);
  return value;
}

/** Returns a variable that holds JSON, written by the construct with the same type. */
export function jsonVariable<T>(name: string): T {
  return JSON.parse(variable(name)) as T;
}

/**
 * Returns a setting of the function, a value of the configuration.
 *
 * @throws Error if the function was deployed without it: a fault of the stack, not of the caller
 */
export function setting<T>(name: string): T {
  const value = jsonVariable<Readonly<Record<string, T | undefined>>>(LambdaVariable.Settings)[name];
  if (value === undefined)
    throw new Error(`setting "${name}" is not set; must be in \`settings\` of this function's construct`);
  return value;
}
