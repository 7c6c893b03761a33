import type { SSM } from '@aws-sdk/client-ssm';
import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import type { Input, Service, ServiceDefinition } from '../../core/service';
import { assertPutAllowed, checkName, type Parameter, type Version } from './parameters';
import { parameterTypes } from './resources';

interface State {
  parameters: Record<string, Parameter>;
}

const MAX_VERSIONS = 100;

/** SSM Parameter Store: String and StringList parameters with versions. */
function create(cloud: Cloud): Service<'ssm'> {
  const store = cloud.stores.store<State>('ssm', () => ({ parameters: {} }));
  const { parameters } = store.data;
  const arn = (name: string) => cloud.arn('ssm', `parameter/${name.replace(/^\//, '')}`);

  /** Parses a reference: a name or an ARN, optionally with `:version`. */
  function find(reference: string): { name: string; version: Version; selector?: string } | undefined {
    const prefix = cloud.arn('ssm', 'parameter');
    const local = reference.startsWith(prefix) ? reference.slice(prefix.length) : reference;
    const [wanted = '', selector] = local.split(':');
    // The ARNs of `/a` and `a` are the same.
    const name = parameters[wanted] || !reference.startsWith(prefix) ? wanted : wanted.replace(/^\//, '');
    const parameter = parameters[name];
    if (!parameter) return undefined;
    const version = selector
      ? parameter.versions.find((v) => String(v.version) === selector)
      : parameter.versions.at(-1);
    if (!version) {
      const message = `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`;
      throw new ServiceError('ParameterVersionNotFound', message);
    }
    return { name, version, ...(selector && { selector: `:${selector}` }) };
  }

  function describe({ name, version, selector }: NonNullable<ReturnType<typeof find>>) {
    return {
      Name: name,
      Type: version.type,
      Value: version.value,
      Version: version.version,
      LastModifiedDate: new Date(version.modified),
      ARN: arn(name),
      DataType: 'text',
      ...(selector && { Selector: selector }),
    };
  }

  function changed(operation: 'Create' | 'Update' | 'Delete', name: string, type: string): void {
    store.changed();
    cloud.events.publish({
      source: 'aws.ssm',
      detailType: 'Parameter Store Change',
      detail: { operation, name, type },
      resources: [arn(name)],
    });
  }

  function remove(name: string): boolean {
    const parameter = parameters[name];
    if (!parameter) return false;
    delete parameters[name];
    changed('Delete', name, parameter.versions.at(-1)!.type);
    return true;
  }

  const onNames = (action: string) => (input: { Name?: string; Names?: string[] }) => ({
    action: `ssm:${action}`,
    resources: [...(input.Names ?? []), ...(input.Name ? [input.Name] : [])].map((name) =>
      name.startsWith('arn:') ? name : arn(name.split(':')[0]!),
    ),
  });

  const onTagged = (action: string) => (input: { ResourceId?: string }) => ({
    action: `ssm:${action}`,
    resources: [arn(input.ResourceId ?? '')],
  });

  function tagged({
    ResourceType,
    ResourceId = '',
  }: {
    ResourceType?: string;
    ResourceId?: string;
  }): Parameter {
    if (ResourceType !== 'Parameter')
      throw notSupported(`tags of the resource type ${ResourceType}`, 'Use Parameter.');
    const found = parameters[ResourceId];
    if (found) return found;
    // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html
    const message = 'The resource ID is not valid. Verify that you entered the correct ID and try again.';
    throw new ServiceError('InvalidResourceId', message);
  }

  return {
    permissions: {
      PutParameter: onNames('PutParameter'),
      GetParameter: onNames('GetParameter'),
      GetParameters: onNames('GetParameters'),
      DeleteParameter: onNames('DeleteParameter'),
      DeleteParameters: onNames('DeleteParameters'),
      GetParameterHistory: onNames('GetParameterHistory'),
      AddTagsToResource: onTagged('AddTagsToResource'),
      RemoveTagsFromResource: onTagged('RemoveTagsFromResource'),
      ListTagsForResource: onTagged('ListTagsForResource'),
      GetParametersByPath: ({ Path = '' }) => ({ action: 'ssm:GetParametersByPath', resources: [arn(Path)] }),
    },
    operations: {
      async PutParameter(input) {
        checkName(input.Name!);
        const name = input.Name!;
        const existing = parameters[name];
        const last = existing?.versions.at(-1);
        assertPutAllowed(input, last);
        const version: Version = {
          value: input.Value!,
          type: input.Type ?? last!.type,
          version: (last?.version ?? 0) + 1,
          modified: cloud.clock.now(),
          tier: (input.Tier ?? last?.tier) === 'Advanced' ? 'Advanced' : 'Standard',
          description: input.Description ?? last?.description,
          ...(input.AllowedPattern && { allowedPattern: input.AllowedPattern }),
        };
        const parameter = (parameters[name] ??= { versions: [], tags: {} });
        parameter.versions.push(version);
        parameter.versions.splice(0, parameter.versions.length - MAX_VERSIONS);
        for (const { Key, Value } of input.Tags ?? []) parameter.tags[Key!] = Value!;
        changed(existing ? 'Update' : 'Create', name, version.type);
        return { Version: version.version, Tier: version.tier };
      },

      async GetParameter({ Name }) {
        const found = find(Name!);
        if (!found) throw new ServiceError('ParameterNotFound', `Parameter ${Name} not found.`);
        return { Parameter: describe(found) };
      },

      async GetParameters({ Names = [] }) {
        if (Names.length > 10) {
          const message = `${Names.length} names at 'names' failed to satisfy constraint: Member must have length less than or equal to 10`;
          throw new ServiceError('ValidationException', message);
        }
        const found = Names.map((name) => [name, find(name)] as const);
        return {
          Parameters: found.flatMap(([, parameter]) => (parameter ? [describe(parameter)] : [])),
          InvalidParameters: found.flatMap(([name, parameter]) => (parameter ? [] : [name])),
        };
      },

      async GetParametersByPath(input) {
        const below = pathOf(input);
        const names = Object.keys(parameters).filter((name) => {
          return name.startsWith(below) && (input.Recursive || !name.slice(below.length).includes('/'));
        });
        const invalid = (message: string) => new ServiceError('InvalidNextToken', message);
        const { items, nextToken } = page(
          names,
          (name) => name,
          input.MaxResults ?? 10,
          input.NextToken,
          invalid,
        );
        return { Parameters: items.map((name) => describe(find(name)!)), NextToken: nextToken };
      },

      async GetParameterHistory({ Name }) {
        const parameter = parameters[Name!];
        if (!parameter) throw new ServiceError('ParameterNotFound', `Parameter ${Name} not found.`);
        return {
          Parameters: parameter.versions.map((version) => ({
            Name,
            Type: version.type,
            Value: version.value,
            Version: version.version,
            LastModifiedDate: new Date(version.modified),
            Description: version.description,
            AllowedPattern: version.allowedPattern,
            Tier: version.tier,
          })),
        };
      },

      async AddTagsToResource({ Tags = [], ...resource }) {
        const { tags } = tagged(resource);
        for (const { Key, Value } of Tags) tags[Key!] = Value!;
        store.changed();
        return {};
      },

      async RemoveTagsFromResource({ TagKeys = [], ...resource }) {
        const { tags } = tagged(resource);
        for (const key of TagKeys) delete tags[key];
        store.changed();
        return {};
      },

      async ListTagsForResource(resource) {
        return { TagList: Object.entries(tagged(resource).tags).map(([Key, Value]) => ({ Key, Value })) };
      },

      async DeleteParameter({ Name }) {
        if (!remove(Name!)) throw new ServiceError('ParameterNotFound', `Parameter ${Name} not found.`);
        return {};
      },

      async DeleteParameters({ Names = [] }) {
        const deleted = Names.filter(remove);
        return {
          DeletedParameters: deleted,
          InvalidParameters: Names.filter((name) => !deleted.includes(name)),
        };
      },
    },
  };
}

/** Returns the prefix, with a slash at its end, of the names below a path. */
function pathOf(input: Input<'ssm', 'GetParametersByPath'>): string {
  const { Path = '', ParameterFilters } = input;
  if (!Path.startsWith('/')) {
    throw new ServiceError(
      'ValidationException',
      `The path '${Path}' must begin with a slash, such as /app/settings.`,
    );
  }
  if (ParameterFilters?.length)
    throw notSupported('ParameterFilters', 'Filter what GetParametersByPath returns.');
  return Path.endsWith('/') ? Path : `${Path}/`;
}

export const ssm: ServiceDefinition<'ssm'> = {
  id: 'ssm',
  facts: {
    package: '@aws-sdk/client-ssm',
    signingName: 'ssm',
    iamPrefix: 'ssm',
    protocol: 'awsJson1_1',
    target: 'AmazonSSM',
    invalidInput: 'ValidationException',
  },
  resourceTypes: parameterTypes,
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    ssm: SSM;
  }
}
