import type { CatchProps } from 'aws-cdk-lib/aws-stepfunctions';
import { jsonata } from './jsonata';

/**
 * Returns the options of a catch that keeps the error and its cause, and drops the input.
 *
 * @param variable that has the `Error` and `Cause` afterwards. Default: `$failure`
 */
export function keepFailure({ errors = ['States.ALL'], variable = 'failure' } = {}): CatchProps {
  return { errors, assign: { [variable]: jsonata('$states.errorOutput') }, outputs: {} };
}
