import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';

/** The hyperparameters of an environment in SSM Parameter Store. */
export class ParameterStore {
  constructor(
    readonly path: string,
    private readonly client = new SSMClient(),
  ) {}

  /** Returns the values by hyperparameter name: `<path>/training/epochs` is `training.epochs`. */
  async read(): Promise<Record<string, string>> {
    const values: Record<string, string> = {};
    let token: string | undefined;
    do {
      const page = await this.client.send(
        new GetParametersByPathCommand({ Path: this.path, Recursive: true, NextToken: token }),
      );
      for (const { Name, Value } of page.Parameters ?? []) {
        values[Name!.slice(this.path.length + 1).replaceAll('/', '.')] = Value!;
      }
      token = page.NextToken;
    } while (token);
    return values;
  }
}
