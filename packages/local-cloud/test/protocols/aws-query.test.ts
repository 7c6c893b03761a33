import { findModel } from '../../src/services';
import { awsQuery, readForm } from '../../src/protocols/aws-query';
import { RequestBody } from '../../src/core/request-body';
import { Readable } from 'node:stream';

const sns = findModel('sns')!;

const form = (operation: string, text: string) =>
  readForm(sns.operations.get(operation)!.input, new URLSearchParams(text));

test.each<[string, string, string, object]>([
  [
    'simple members',
    'Subscribe',
    'TopicArn=a&Protocol=email&ReturnSubscriptionArn=true',
    { TopicArn: 'a', Protocol: 'email', ReturnSubscriptionArn: true },
  ],
  [
    'maps of text',
    'CreateTopic',
    'Name=n&Attributes.entry.1.key=A&Attributes.entry.1.value=1',
    { Name: 'n', Attributes: { A: '1' } },
  ],
  [
    'maps with custom names, of structures, with blobs',
    'Publish',
    'MessageAttributes.entry.1.Name=x&MessageAttributes.entry.1.Value.DataType=Binary&MessageAttributes.entry.1.Value.BinaryValue=aGk%3D',
    { MessageAttributes: { x: { DataType: 'Binary', BinaryValue: new Uint8Array(Buffer.from('hi')) } } },
  ],
  [
    'lists in the order of their numbers',
    'TagResource',
    'ResourceArn=r&Tags.member.10.Key=b&Tags.member.10.Value=2&Tags.member.2.Key=a&Tags.member.2.Value=1',
    {
      ResourceArn: 'r',
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    },
  ],
  ['unknown members, for validation to report', 'Publish', 'Topic=a', { Topic: 'a' }],
  [
    'a word for a boolean, for validation to report',
    'Subscribe',
    'ReturnSubscriptionArn=maybe',
    { ReturnSubscriptionArn: 'maybe' },
  ],
])('reads %s', (_, operation, text, expected) => {
  const read = form(operation, text);
  expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(expected)));
});

test('writes results, empty ones too, and escapes text', () => {
  const write = (operation: string, output: object) =>
    awsQuery.write(sns.operations.get(operation)!, output, sns, 'id-1').body;
  expect(write('CreateTopic', { TopicArn: 'a<b' })).toBe(
    '<CreateTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><CreateTopicResult><TopicArn>a&lt;b</TopicArn>' +
      '</CreateTopicResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></CreateTopicResponse>',
  );
  expect(write('DeleteTopic', {})).not.toContain('Result>');
});

test.each([
  ['Version=2010-03-31', 'MissingAction'],
  ['Action=Nothing&Version=2010-03-31', 'InvalidAction'],
  ['Action=Publish&Version=1999-01-01', 'InvalidAction'],
])('%s is refused', async (text, code) => {
  const body = new RequestBody(Readable.from([Buffer.from(text)]));
  const request = { method: 'POST', path: '/', query: new URLSearchParams(), headers: {}, body };
  await expect(awsQuery.read(request, sns)).rejects.toMatchObject({ code });
});
