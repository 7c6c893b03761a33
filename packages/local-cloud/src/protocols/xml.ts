import { XmlShapeDeserializer, XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema, SCHEMA } from '@smithy/core/schema';
import type { StaticStructureSchema } from '@smithy/types';
import { ServiceError } from '../model/errors';

const SETTINGS = {
  timestampFormat: { useTrait: true, default: SCHEMA.TIMESTAMP_DATE_TIME },
  httpBindings: false,
  xmlNamespace: '',
  serviceNamespace: '',
} as const;

/** Returns the XML element of a structure, under the given name and with only the given members. */
export function toXml(
  name: string,
  schema: NormalizedSchema,
  members: readonly string[],
  value: object,
): string {
  const structure = schema.getSchema() as StaticStructureSchema;
  const kept = structure[4]
    .map((member, i) => [member, structure[5][i]!] as const)
    .filter(([m]) => members.includes(m));
  const element: StaticStructureSchema = [
    structure[0],
    structure[1],
    name,
    0,
    kept.map(([member]) => member),
    kept.map(([, reference]) => reference),
  ];
  const serializer = new XmlShapeSerializer(SETTINGS);
  serializer.write(element, value);
  return serializer.flush() as string;
}

/** Returns the typed value of an XML document. Elements that the schema does not have are ignored. */
export function fromXml(schema: NormalizedSchema, bytes: Uint8Array): unknown {
  try {
    return new XmlShapeDeserializer(SETTINGS).read(schema, bytes);
  } catch (error) {
    throw new ServiceError('MalformedXML', `The XML in the request is not well-formed: ${String(error)}`, {
      status: 400,
    });
  }
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Returns `<Name>text</Name>` for each simple value; undefined values are left out. */
export function elements(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
    .join('');
}
