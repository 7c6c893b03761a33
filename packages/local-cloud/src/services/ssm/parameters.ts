import { notSupported, ServiceError } from '../../model/errors';
import type { Input } from '../../core/service';

export interface Version {
  value: string;
  type: 'String' | 'StringList' | 'SecureString';
  version: number;
  /** Milliseconds since the epoch. */
  modified: number;
  tier: 'Standard' | 'Advanced';
  description?: string;
  allowedPattern?: string;
}

export interface Parameter {
  /** Oldest first. */
  versions: Version[];
  tags: Record<string, string>;
}

const MAX_BYTES = { Standard: 4096, Advanced: 8192 };
const MAX_LEVELS = 15;

/** Rules of names, from the PutParameter reference. */
export function checkName(name: string): void {
  const levels = name.split('/').length - 1;
  const complaint = !/^[\w.\-/]+$/.test(name)
    ? 'letters, digits and any of _.-/ only'
    : levels > 0 && !name.startsWith('/')
      ? 'a slash at the start if there is one in it'
      : name.endsWith('/')
        ? 'no slash at the end'
        : levels > MAX_LEVELS
          ? `at most ${MAX_LEVELS} levels`
          : /^\/?(aws|ssm)/i.test(name)
            ? 'no name that begins with "aws" or "ssm" (case-insensitive)'
            : undefined;
  if (complaint) throw invalid(`Parameter name '${name}' is not allowed: it must have ${complaint}.`);
}

export function assertPutAllowed(input: Input<'ssm', 'PutParameter'>, last: Version | undefined): void {
  const { Value = '', Type, Tier = last?.tier ?? 'Standard', Overwrite, AllowedPattern } = input;
  if (Type === 'SecureString')
    throw notSupported('SecureString parameters', 'Use String; it stays on this machine.');
  if (Tier !== 'Standard' && Tier !== 'Advanced')
    throw notSupported(`the tier ${Tier}`, 'Use Standard or Advanced.');
  if (input.DataType !== undefined && input.DataType !== 'text') {
    throw notSupported(`the data type ${input.DataType}`, 'Use text.');
  }
  if (input.Policies) throw notSupported('parameter policies', 'Leave Policies out.');
  if (last?.tier === 'Advanced' && Tier === 'Standard') {
    // The sentence of AWS's answer, as Terraform's resource `aws_ssm_parameter` quotes it.
    throw invalid(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
    );
  }
  if (last && !Overwrite) {
    const message =
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.';
    throw new ServiceError('ParameterAlreadyExists', message);
  }
  if (Overwrite && input.Tags?.length) {
    throw invalid(
      "Tags and overwrite can't be used together. To change a parameter's tags, use AddTagsToResource.",
    );
  }
  if (!last && !Type) throw invalid('A parameter type is required when you create a parameter.');
  if (last && Type && Type !== last.type) {
    const message = `The type of the parameter ${input.Name} is ${last.type} and cannot be changed to ${Type}.`;
    throw new ServiceError('HierarchyTypeMismatchException', message);
  }
  const bytes = Buffer.byteLength(Value);
  if (bytes === 0)
    throw invalid(
      "Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  if (bytes > MAX_BYTES[Tier]) {
    const next = Tier === 'Standard' ? ' To create a larger parameter value, use the Advanced tier.' : '';
    throw invalid(
      `${Tier} tier parameters support a maximum value of ${MAX_BYTES[Tier]} bytes; this has ${bytes}.${next}`,
    );
  }
  if (AllowedPattern && !new RegExp(`^(?:${AllowedPattern})$`).test(Value)) {
    // As in the User Guide's example with `--allowed-pattern "\d{1,4}"`.
    const message = `Parameter value, cannot be validated against allowedPattern: ${AllowedPattern}`;
    throw new ServiceError('ParameterPatternMismatchException', message);
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
