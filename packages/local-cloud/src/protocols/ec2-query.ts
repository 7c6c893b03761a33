import { readAction, readForm, type FormStyle } from './aws-query';
import { statusOf, type Protocol } from '../model/wire';
import { elements, toXml } from './xml';

const XML = { 'content-type': 'text/xml;charset=UTF-8' };

/**
 * Members have a name of their own in requests, or that of the answer with a capital; lists have no name below their own
 * (Smithy, "AWS EC2 query protocol").
 */
const STYLE: FormStyle = {
  flat: true,
  nameOf(member, name) {
    const { ec2QueryName, xmlName = name } = member.getMergedTraits() as {
      ec2QueryName?: string;
      xmlName?: string;
    };
    return ec2QueryName ?? xmlName.charAt(0).toUpperCase() + xmlName.slice(1);
  },
};

/** ec2Query: a form with `Action` and `Version` in; XML out, without the element `…Result` of awsQuery. */
export const ec2Query: Protocol = {
  async read(request, service) {
    const { operation, form } = await readAction(request, service);
    return { operation, input: readForm(operation.input, form, STYLE) };
  },

  write({ name, output: schema }, output, service, requestId) {
    const members = schema.isStructSchema() ? [...schema.structIterator()].map(([member]) => member) : [];
    const root = `${name}Response`;
    const inner = toXml(root, schema, members, output)
      .replace(new RegExp(`^<${root}/?>`), '')
      .replace(`</${root}>`, '');
    const id = elements({ requestId });
    const body = `<${root} xmlns="${service.xmlNamespace}">${id}${inner}</${root}>`;
    return { status: 200, headers: { ...XML, 'x-amzn-requestid': requestId }, body };
  },

  writeError(error, service, requestId) {
    const detail = elements({ Code: error.code, Message: error.message, ...error.members });
    const id = elements({ RequestID: requestId });
    return {
      status: statusOf(error, service),
      headers: { ...XML, 'x-amzn-requestid': requestId, ...error.headers },
      body: `<Response><Errors><Error>${detail}</Error></Errors>${id}</Response>`,
    };
  },
};
