import { images } from '../../examples/images/model';
import { local, table } from '../../lib';
import { pipelineConfig, resourcePrefix, type PipelineConfig } from '../../lib/config';
import { synthesiseStage } from './support/synthesis';

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: object }>>;
  readonly Outputs?: Readonly<Record<string, { readonly Export?: { readonly Name: string } }>>;
}

/** Properties with a name that counts in the account and region. */
const NAMES =
  /^(Name|\w*GroupName|AlarmName|AliasName|BucketName|DashboardName|FunctionName|ParameterName|ProjectName|RepositoryName|RoleName|StateMachineName|TopicName)$/;
/** Names that count within another resource: its id is in front of them in AWS. */
const INSIDE = /^AWS::ApiGateway::(Resource|Stage|RequestValidator|Model|Method)$/;

interface Named {
  readonly stacks: string[];
  readonly exports: string[];
  /** Type and name of each resource that has one. */
  readonly names: string[];
}

function namesOf(config: PipelineConfig): Named {
  const { artifacts } = synthesiseStage(config);
  const templates = artifacts.map(({ template }) => template as Template);
  return {
    stacks: artifacts.map(({ stackName }) => stackName),
    exports: templates.flatMap(({ Outputs = {} }) =>
      Object.values(Outputs).flatMap(({ Export }) => (Export ? [Export.Name] : [])),
    ),
    names: templates.flatMap(({ Resources }) =>
      Object.values(Resources)
        .filter(({ Type }) => !INSIDE.test(Type))
        .flatMap(({ Type, Properties = {} }) =>
          Object.entries(Properties)
            // A reference is to a resource of the stack, whose own name counts.
            .filter(([property, value]) => NAMES.test(property) && typeof value === 'string')
            .map(([, value]) => `${Type} ${String(value)}`),
        ),
    ),
  };
}

const both = [table, images].map((model) => pipelineConfig('mlops', model, local));
const [one, other] = both.map(namesOf) as [Named, Named];

// Two pipelines of a repository share account, region and environment.
test.each(['stacks', 'exports', 'names'] as const)('two models in one environment share no %s', (kind) => {
  expect(one[kind].length).toBeGreaterThan(2);
  expect(one[kind].filter((name) => other[kind].includes(name))).toEqual([]);
});

test.each(both.map((config, index) => [resourcePrefix(config), [one, other][index]!] as const))(
  'every name of %s has its three words',
  (prefix, { stacks, names }) => {
    const [app, model, environment] = prefix.split('-') as [string, string, string];
    // A parameter is named by its path.
    const own = new RegExp(`${prefix}|/${app}/${model}/${environment}/`);
    expect([...stacks, ...names].filter((name) => !own.test(name))).toEqual([]);
  },
);
