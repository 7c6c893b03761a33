import { FromStringShapeDeserializer } from '@smithy/core/protocols';
import { NormalizedSchema, SCHEMA } from '@smithy/core/schema';
import { ServiceError } from '../model/errors';
import { elements, toXml } from './xml';
import type { OperationModel, ServiceModel } from '../model/service-model';
import { statusOf, type Protocol, type WireRequest } from '../model/wire';

const XML = { 'content-type': 'text/xml' };

/** awsQuery: a form with `Action` and `Version` in, XML out. */
export const awsQuery: Protocol = {
  async read(request, service) {
    const { operation, form } = await readAction(request, service);
    return { operation, input: readForm(operation.input, form) };
  },

  write(operation, output, service, requestId) {
    const name = operation.name;
    const members = operation.output.isStructSchema()
      ? [...operation.output.structIterator()].map(([m]) => m)
      : [];
    const result = members.length > 0 ? toXml(`${name}Result`, operation.output, members, output) : '';
    const metadata = `<ResponseMetadata>${elements({ RequestId: requestId })}</ResponseMetadata>`;
    const body = `<${name}Response xmlns="${service.xmlNamespace}">${result}${metadata}</${name}Response>`;
    return { status: 200, headers: { ...XML, 'x-amzn-requestid': requestId }, body };
  },

  writeError(error, service, requestId) {
    const code = service.errors.get(error.code)?.queryCode ?? error.code;
    const type = error.fault === 'server' ? 'Receiver' : 'Sender';
    const detail = `<Error>${elements({ Type: type, Code: code, Message: error.message, ...error.members })}</Error>`;
    const body = `<ErrorResponse xmlns="${service.xmlNamespace}">${detail}${elements({ RequestId: requestId })}</ErrorResponse>`;
    return {
      status: statusOf(error, service),
      headers: { ...XML, 'x-amzn-requestid': requestId, ...error.headers },
      body,
    };
  },
};

/** Reads a form's operation. @returns it, and the form without the parameters that name it */
export async function readAction(
  request: WireRequest,
  service: ServiceModel,
): Promise<{ operation: OperationModel; form: URLSearchParams }> {
  const form = new URLSearchParams((await request.body.bytes()).toString('utf8'));
  for (const [key, value] of request.query) form.set(key, value);
  const action = form.get('Action');
  if (action === null) {
    throw new ServiceError(
      'MissingAction',
      'The request has no Action parameter; add the name of the operation.',
    );
  }
  const operation = service.operations.get(action);
  const version = form.get('Version');
  if (!operation || version !== service.version) {
    const message = `Could not find operation ${action} for version ${version ?? 'NO_VERSION_SPECIFIED'} (this is ${service.version})`;
    throw new ServiceError('InvalidAction', message);
  }
  form.delete('Action');
  form.delete('Version');
  return { operation, form };
}

/** A node of the tree of a form's keys, which are paths (`Tags.member.1.Key`). It has children or a value. */
interface Node {
  value?: string;
  children: Map<string, Node>;
}

/** How a form names members and lists. */
export interface FormStyle {
  nameOf(member: NormalizedSchema, name: string): string;
  /** Lists are numbered below their own name: `ZoneName.1`, and not `ZoneName.member.1`. */
  readonly flat: boolean;
}

const QUERY: FormStyle = { nameOf: (member, name) => member.getMergedTraits().xmlName ?? name, flat: false };

/** Returns the input of a form. Parameters that the schema does not have are kept under their own names. */
export function readForm(schema: NormalizedSchema, form: URLSearchParams, style = QUERY): object {
  const root: Node = { children: new Map() };
  for (const [path, value] of form) {
    let node = root;
    for (const part of path.split('.')) {
      let child = node.children.get(part);
      if (!child) node.children.set(part, (child = { children: new Map() }));
      node = child;
    }
    node.value = value;
  }
  return readStructure(schema, root, style);
}

const strings = new FromStringShapeDeserializer({
  httpBindings: false,
  timestampFormat: { useTrait: true, default: SCHEMA.TIMESTAMP_DATE_TIME },
});

function readNode(schema: NormalizedSchema, node: Node, style: FormStyle): unknown {
  if (schema.isListSchema()) return readList(schema, node, style);
  if (schema.isMapSchema()) return readMap(schema, node, style);
  if (schema.isStructSchema()) return readStructure(schema, node, style);
  if (schema.isNumericSchema() && !/^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(node.value ?? '')) return node.value;
  if (schema.isBooleanSchema() && !/^(true|false)$/i.test(node.value ?? '')) return node.value;
  return node.value === undefined ? undefined : strings.read(schema, node.value);
}

function readStructure(schema: NormalizedSchema, node: Node, style: FormStyle): object {
  const members = new Map<string, [string, NormalizedSchema]>();
  if (schema.isStructSchema()) {
    for (const [name, member] of schema.structIterator()) {
      members.set(style.nameOf(member, name), [name, member]);
    }
  }
  return Object.fromEntries(
    [...node.children].map(([key, child]) => {
      const known = members.get(key);
      return known
        ? [known[0], readNode(known[1], child, style)]
        : [key, child.value ?? Object.fromEntries(child.children)];
    }),
  );
}

function readList(schema: NormalizedSchema, node: Node, style: FormStyle): unknown[] {
  const item = schema.getValueSchema();
  const name = item.getMergedTraits().xmlName ?? 'member';
  return inOrder(schema, node, name, style).map((child) => readNode(item, child, style));
}

function readMap(schema: NormalizedSchema, node: Node, style: FormStyle): object {
  const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key';
  const item = schema.getValueSchema();
  const valueName = item.getMergedTraits().xmlName ?? 'value';
  return Object.fromEntries(
    inOrder(schema, node, 'entry', style).map((child) => {
      const value = child.children.get(valueName);
      return [child.children.get(keyName)?.value ?? '', value && readNode(item, value, style)];
    }),
  );
}

/** Returns the numbered children, below `name` unless the list or map is flattened. */
function inOrder(schema: NormalizedSchema, node: Node, name: string, { flat }: FormStyle): Node[] {
  const numbered = flat || schema.getMergedTraits().xmlFlattened ? node : node.children.get(name);
  return [...(numbered?.children ?? [])].sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child);
}
