import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv-draft-04';

/** The base of the URI of another model of the API: `https://apigateway.amazonaws.com/restapis/<api>/models/<name>`. */
const MODEL_URI = 'https://apigateway.amazonaws.com/restapis';

/**
 * Returns the reason why a model's schema is invalid; `undefined` for a valid one. References are resolved when bodies
 * are validated.
 */
export function schemaProblem(schema: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(schema);
    const ajv = newAjv();
    if (ajv.validateSchema(parsed as object) === true) return undefined;
    return ajv.errorsText(ajv.errors, { dataVar: 'schema' });
  } catch (error) {
    return (error as Error).message;
  }
}

/** The models of one deployment, each compiled once. */
export class BodyValidator {
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(
    private readonly restApiId: string,
    private readonly models: Readonly<Record<string, { schema: string }>>,
  ) {}

  /** Returns the problems of a body in the form of `$context.error.validationErrorString`; none for a valid body. */
  problems(modelName: string, body: string): string[] {
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      return ['unable to parse the body as JSON'];
    }
    const validate = this.compile(modelName);
    return validate(value) ? [] : (validate.errors ?? []).map(describe);
  }

  private compile(modelName: string): ValidateFunction {
    let validate = this.compiled.get(modelName);
    if (!validate) {
      const ajv = newAjv();
      for (const [name, { schema }] of Object.entries(this.models)) {
        // `id` would change the address of the model, which references use.
        const { id: _id, ...parsed } = JSON.parse(schema) as Record<string, unknown>;
        ajv.addSchema(parsed, this.uri(name));
      }
      validate = ajv.getSchema(this.uri(modelName)) ?? ajv.compile({});
      this.compiled.set(modelName, validate);
    }
    return validate;
  }

  private uri(name: string): string {
    return `${MODEL_URI}/${this.restApiId}/models/${name}`;
  }
}

function newAjv(): Ajv {
  return new Ajv({ strict: false, validateFormats: false, allErrors: true, logger: false });
}

/**
 * Returns a problem as text: the two most frequent ones as API Gateway's validator writes them, the others as ajv does.
 */
function describe({ keyword, params, message, instancePath }: ErrorObject): string {
  const at = instancePath === '' ? '' : ` at ${instancePath}`;
  if (keyword === 'required') {
    const { missingProperty } = params as { missingProperty: string };
    return `object has missing required properties (["${missingProperty}"])${at}`;
  }
  if (keyword === 'type') {
    const { type } = params as { type: string | string[] };
    const allowed = JSON.stringify([type].flat());
    return `instance type does not match any allowed primitive type (allowed: ${allowed})${at}`;
  }
  return `${message}${at}`;
}
