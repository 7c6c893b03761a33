import { SHAPE_SUPPLEMENTS } from './supplements';

/** The constraints of one shape of a request; `scripts/facts.mjs` writes those that it finds in the API models. */
export interface ShapeFacts {
  /** Members whose shapes have constraints, with the shapes' names. */
  members?: Readonly<Record<string, string>>;
  required?: readonly string[];
  list?: true;
  /** The shape of a list's members. */
  item?: string;
  map?: true;
  key?: string;
  value?: string;
  enum?: readonly (string | number)[];
  /** The whole text must match it. */
  pattern?: string;
  /** Of a number its value, of a text, a list or a map its length, of a blob its bytes. */
  min?: number;
  max?: number;
  /** Messages do not show the value. */
  sensitive?: true;
  /** The member that is the request's body. */
  payload?: string;
  /** The service's own sentence, where it does not use the common one. */
  says?: string;
}

interface ServiceFile {
  operations: Readonly<Record<string, string>>;
  shapes: Readonly<Record<string, ShapeFacts>>;
}

// A service's file is read when the first of its requests is checked; an import would read all of them at the start.
/* eslint-disable @typescript-eslint/no-require-imports, @typescript-eslint/no-unsafe-return */
const FILES: Readonly<Record<string, () => unknown>> = {
  apigateway: () => require('./operations/apigateway.json'),
  applicationautoscaling: () => require('./operations/applicationautoscaling.json'),
  cloudformation: () => require('./operations/cloudformation.json'),
  cloudwatch: () => require('./operations/cloudwatch.json'),
  cloudwatchlogs: () => require('./operations/cloudwatchlogs.json'),
  codebuild: () => require('./operations/codebuild.json'),
  ecr: () => require('./operations/ecr.json'),
  eventbridge: () => require('./operations/eventbridge.json'),
  fsx: () => require('./operations/fsx.json'),
  kms: () => require('./operations/kms.json'),
  lambda: () => require('./operations/lambda.json'),
  s3: () => require('./operations/s3.json'),
  sagemaker: () => require('./operations/sagemaker.json'),
  sagemakerruntime: () => require('./operations/sagemakerruntime.json'),
  scheduler: () => require('./operations/scheduler.json'),
  servicequotas: () => require('./operations/servicequotas.json'),
  sfn: () => require('./operations/sfn.json'),
  sns: () => require('./operations/sns.json'),
  ssm: () => require('./operations/ssm.json'),
  sts: () => require('./operations/sts.json'),
};
/* eslint-enable @typescript-eslint/no-require-imports, @typescript-eslint/no-unsafe-return */

/** The facts of one service's requests, with the supplements. */
class ServiceShapes {
  private readonly supplements: Readonly<Record<string, ShapeFacts>>;
  private readonly shapes = new Map<string, ShapeFacts>();
  private readonly structures = new Map<string, Member[]>();

  constructor(
    service: string,
    private readonly file: ServiceFile,
  ) {
    this.supplements = Object.fromEntries(
      SHAPE_SUPPLEMENTS.filter((entry) => entry.service === service).map(({ shape, member, rules }) => [
        member ? `${shape}.${member}` : shape,
        rules,
      ]),
    );
  }

  /** Returns the shape of an operation's input; undefined if nothing in it is constrained. */
  input(operation: string): string | undefined {
    return this.file.operations[operation];
  }

  shape(name: string): ShapeFacts {
    let facts = this.shapes.get(name);
    if (!facts) {
      facts = { ...this.file.shapes[name], ...this.supplements[name] };
      this.shapes.set(name, facts);
    }
    return facts;
  }

  /** Returns the members of a structure that have constraints, with those of the member itself. */
  members(structure: string): readonly Member[] {
    let members = this.structures.get(structure);
    if (!members) {
      members = Object.entries(this.file.shapes[structure]?.members ?? {}).map(([name, shape]) => [
        name,
        { ...this.shape(shape), ...this.supplements[`${structure}.${name}`] },
        shape,
      ]);
      this.structures.set(structure, members);
    }
    return members;
  }
}

type Member = [name: string, facts: ShapeFacts, shape: string];

const services = new Map<string, ServiceShapes>();

/**
 * Returns the facts of a service's requests; undefined for a service without facts.
 *
 * @param service the SDK's service id in lower case without spaces, such as `cloudwatchlogs`
 */
export function serviceShapes(service: string): ServiceShapes | undefined {
  const known = services.get(service);
  const file = FILES[service];
  if (known || !file) return known;
  const shapes = new ServiceShapes(service, file() as ServiceFile);
  services.set(service, shapes);
  return shapes;
}

export type { ServiceShapes };
