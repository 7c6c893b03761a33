import type { Definition, GatewayResponse } from '../control/state';
import type { GatewayFailure } from './gateway-failure';
import { header, type FrontRequest } from './request';
import { lookUp, substitute, type Variables } from './variables';

/** An answer to a client. */
export interface FrontResponse {
  status: number;
  /** Headers by name; several values become several lines. */
  headers: Record<string, string | string[]>;
  body: Buffer;
}

const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';

/** Returns a failure's answer by the API's gateway responses, otherwise API Gateway's default answer. */
export function gatewayResponse(
  failure: GatewayFailure,
  { gatewayResponses }: Pick<Definition, 'gatewayResponses'>,
  request: FrontRequest,
  variables: Variables,
): FrontResponse {
  const fallback = gatewayResponses[failure.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'];
  const custom = gatewayResponses[failure.type] ?? fallback;
  const error = {
    message: failure.message,
    messageString: JSON.stringify(failure.message),
    responseType: failure.type,
    validationErrorString:
      failure.validationErrors.length > 0 ? `[${failure.validationErrors.join(', ')}]` : undefined,
  };
  const known = { ...variables, context: { ...variables.context, error } };
  const [contentType, template] = chooseTemplate(custom, header(request, 'accept'));
  return {
    status: custom?.statusCode === undefined ? failure.status : Number(custom.statusCode),
    headers: {
      'Content-Type': contentType,
      'x-amzn-ErrorType': failure.errorType,
      ...customHeaders(custom, request, known),
    },
    body: Buffer.from(substitute(template, known, '')),
  };
}

/** Returns the template of the type that the client accepts, otherwise the JSON one, otherwise the first. */
function chooseTemplate(custom: GatewayResponse | undefined, accept = ''): readonly [string, string] {
  const templates = custom?.responseTemplates ?? {};
  const accepted = accept.split(',').map((type) => type.split(';')[0]!.trim());
  const type = [...accepted, 'application/json', ...Object.keys(templates)].find(
    (name) => templates[name] !== undefined,
  );
  return type === undefined ? ['application/json', DEFAULT_TEMPLATE] : [type, templates[type]!];
}

function customHeaders(
  custom: GatewayResponse | undefined,
  request: FrontRequest,
  variables: Variables,
): Record<string, string> {
  const parameters = Object.entries(custom?.responseParameters ?? {});
  return Object.fromEntries(
    parameters.flatMap(([target, source]) => {
      const name = /^gatewayresponse\.header\.(.+)$/.exec(target)?.[1];
      const value = mapped(source, request, variables);
      return name !== undefined && value !== undefined ? [[name, value]] : [];
    }),
  );
}

/** Returns the value of `'a literal'`, `context.…`, `stageVariables.…` or `method.request.<header|querystring>.…`. */
function mapped(source: string, request: FrontRequest, variables: Variables): string | undefined {
  const literal = /^'(.*)'$/s.exec(source)?.[1];
  if (literal !== undefined) return literal;
  const [, root = '', path = ''] = /^(context|stageVariables|method\.request\.\w+)\.(.+)$/.exec(source) ?? [];
  if (root === 'context' || root === 'stageVariables') return lookUp(variables[root], path);
  if (root === 'method.request.header') return header(request, path.toLowerCase());
  return root === 'method.request.querystring' ? (request.query.get(path) ?? undefined) : undefined;
}
