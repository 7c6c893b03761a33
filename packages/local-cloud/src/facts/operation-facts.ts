import { SHAPE_SUPPLEMENTS } from './supplements';

/** The constraints of one shape of a request; `scripts/facts.mjs` writes those of the API models. */
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
  /** The pattern that the whole text must match. */
  pattern?: string;
  /** The minimum: a number's value, the length of a text, list or map, a blob's bytes. */
  min?: number;
  max?: number;
  /** True if messages do not show the value. */
  sensitive?: true;
  /** The member that is the request's body. */
  payload?: string;
  /** The service's own message, if it does not use the common one. */
  says?: string;
}

interface ServiceFile {
  operations: Readonly<Record<string, string>>;
  shapes: Readonly<Record<string, ShapeFacts>>;
}

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

  /** Returns the members of a structure that have constraints, with the constraints of the member itself. */
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
 * Returns the facts of a service's requests.
 *
 * @param service the SDK's service id in lower case without spaces, such as `cloudwatchlogs`
 */
export function serviceShapes(service: string): ServiceShapes {
  let shapes = services.get(service);
  if (!shapes) {
    // Read at the first request; an import would read all services' files at the start.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const file = require(`./operations/${service}.json`) as ServiceFile;
    services.set(service, (shapes = new ServiceShapes(service, file)));
  }
  return shapes;
}

export type { ServiceShapes };
