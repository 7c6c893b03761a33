import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { readForm } from '../../src/protocols/multipart-form';

const part = (disposition: string, value: string) =>
  `--b\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: text/plain\r\n\r\n${value}\r\n`;

/** Reads the form of a body that arrives in pieces of a size. */
async function read(body: string, size = body.length) {
  const bytes = Buffer.from(body);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  const { fields, file } = await readForm(Readable.from(pieces), 'b');
  return { fields, file: file && { filename: file.filename, content: await text(file.body) } };
}

test.each([1, 2, 7, 1000])('fields and a file in pieces of %i bytes', async (size) => {
  const content = 'one\r\n--a\r\n-\r\n--';
  const body = [
    part('name="Key"', 'ü\r\nx'),
    part('name=plain', ''),
    part('name="file"; filename="C:\\dir\\a b.txt"', content),
    part('name="after"', 'ignored'),
    '--b--\r\n',
  ].join('');
  expect(await read(body, size)).toEqual({
    fields: [
      { name: 'Key', value: 'ü\r\nx' },
      { name: 'plain', value: '' },
    ],
    file: { filename: 'a b.txt', content },
  });
});

test('a file without a name, and a form without a file', async () => {
  expect((await read(`${part('name="file"', 'x')}--b--`)).file).toEqual({
    filename: undefined,
    content: 'x',
  });
  expect(await read(`preamble\r\n${part('name="a"', '1')}--b--`)).toEqual({
    fields: [{ name: 'a', value: '1' }],
    file: undefined,
  });
});

test.each([
  ['no boundary', 'x'],
  ['no end of a field', part('name="a"', '1')],
  ['no end of a file', part('name="file"', '1').slice(0, -2)],
  ['a part without a name', `${part('x=y', '1')}--b--`],
])('%s: not well-formed', async (_, body) => {
  await expect(read(body)).rejects.toMatchObject({ code: 'MalformedPOSTRequest' });
});

test.each([21_000, 1_000_000])('%i bytes of fields are too many', async (size) => {
  await expect(read(`${part('name="a"', 'x'.repeat(size))}--b--`, 4096)).rejects.toMatchObject({
    code: 'MaxPostPreDataLengthExceeded',
  });
});
