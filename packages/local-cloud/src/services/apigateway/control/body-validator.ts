import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv-draft-04';

/** A reference to another model of the API: `https://apigateway.amazonaws.com/restapis/<api>/models/<name>`. */
const MODEL_URI = 'https://apigateway.amazonaws.com/restapis';

/** Why a model's schema is none; `undefined` for a good one. References are followed when bodies are validated. */
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

  /** What is wrong with a body, as `$context.error.validationErrorString` says it; nothing for a valid one. */
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
        // `id` would move the model away from the address that references use.
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

/** The two most frequent problems in the words of API Gateway's validator, the others in those of ajv. */
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
