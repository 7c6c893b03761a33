import { parseInstances } from '../../containers/inference/instances';
import { describe as describePredictions } from '../../containers/inference/predictions';

const FEATURES = ['width', 'height'];
const json = (content: unknown) => parseInstances('application/json', JSON.stringify(content), FEATURES);
const csv = (text: string) => parseInstances('text/csv; charset=utf-8', text, FEATURES);

describe('a request’s body', () => {
  test.each([
    [
      'JSON',
      () =>
        json({
          instances: [
            { width: 1, height: 2.5 },
            { height: -3e2, width: 0 },
          ],
        }),
    ],
    ['CSV', () => csv('1,2.5\n0,-3e2\n')],
    [
      'CSV with a byte order mark, CRLF, blanks, quotes and empty lines',
      () => csv('\uFEFF1, 2.5\r\n\r\n"0",-300'),
    ],
    ['CSV with a header', () => csv('width,height\n1,2.5\n0,-300')],
    ['CSV with a header in another order', () => csv('"height",width\n2.5,1\n-300,0')],
  ])('is read as %s', (_name, read) => {
    const { rows, values } = read();
    expect(rows).toBe(2);
    expect([...values]).toEqual([1, 2.5, 0, -300]);
  });

  test('may name features with numbers', () => {
    expect([...parseInstances('text/csv', '2,1\n7,8', ['1', '2']).values]).toEqual([8, 7]);
    expect([...parseInstances('text/csv', '3,1\n7,8', ['1', '2']).values]).toEqual([3, 1, 7, 8]);
  });

  const row = { width: 1, height: 2 };
  test.each<[string, string, () => unknown]>([
    ['body', 'empty; send', () => parseInstances('application/json', ' ', FEATURES)],
    ['body', 'not JSON', () => parseInstances('application/json', '{"instances": [', FEATURES)],
    ['body', '[] is not an object', () => json([])],
    ['body', 'null is not an object', () => json(null)],
    ['instances', 'nothing is not a list', () => json({})],
    ['instances', '{} is not a list', () => json({ instances: {} })],
    ['instances', 'none; send at least one row', () => json({ instances: [] })],
    ['signature', 'unknown; the body holds', () => json({ instances: [row], signature: 1 })],
    ['instances[1]', '[1,2] is not an object', () => json({ instances: [row, [1, 2]] })],
    ['instances[1].height', 'missing; send a number', () => json({ instances: [row, { width: 1 }] })],
    [
      'instances[0].depth',
      'not a feature of this model; its features are width, height',
      () => json({ instances: [{ ...row, depth: 3 }] }),
    ],
    [
      'instances[0].width',
      '"abc" is not a finite number',
      () => json({ instances: [{ ...row, width: 'abc' }] }),
    ],
    ['instances[0].width', '"1" is not a finite number', () => json({ instances: [{ ...row, width: '1' }] })],
    [
      'instances[0].width',
      'null is not a finite number',
      () => json({ instances: [{ ...row, width: null }] }),
    ],
    [
      'instances[0].width',
      'true is not a finite number',
      () => json({ instances: [{ ...row, width: true }] }),
    ],
    [
      'instances[0].width',
      '1e+39 is not a finite number',
      () => json({ instances: [{ ...row, width: 1e39 }] }),
    ],
    ['instances', 'none; send', () => csv('')],
    ['instances', 'none; send', () => csv('width,height\n')],
    ['instances[1]', '3 fields; the model has 2 features', () => csv('1,2\n1,2,3')],
    ['instances[1].height', '"x" is not a finite number', () => csv('1,2\n3,x')],
    ['instances[0].height', '"" is not a finite number', () => csv('1,')],
    ['instances[0].width', '"0x10" is not a finite number', () => csv('0x10,1')],
    ['header.depth', 'not a feature', () => csv('width,depth\n1,2')],
    ['header.height', 'missing', () => csv('width\n1')],
    ['header.width', 'there twice', () => csv('width,width,height\n1,2,3')],
    ['body', 'not CSV', () => csv('1,"2\n')],
  ])('is refused at %s: %s', (field, message, read) => {
    expect(read).toThrow(
      expect.objectContaining({
        code: 'InvalidInput',
        field,
        message: expect.stringContaining(`${field}: ${message}`),
      }) as Error,
    );
  });

  test.each([undefined, 'text/plain', 'application/x-npy'])('of the type %p is refused', (type) => {
    expect(() => parseInstances(type, '{}', FEATURES)).toThrow(
      expect.objectContaining({ code: 'UnsupportedMediaType', status: 415 }) as Error,
    );
  });
});

test('a prediction names the likeliest class, the first of equals, and every probability', () => {
  const manifest = {
    label: 'kind',
    classes: ['a', 'b'],
    features: FEATURES,
    inputName: '',
    outputName: '',
    sha256: '',
  };
  expect(describePredictions(manifest, Float32Array.of(0.1, 0.9, 0.5, 0.5))).toEqual([
    { label: 'b', probabilities: { a: 0.1, b: 0.9 } },
    { label: 'a', probabilities: { a: 0.5, b: 0.5 } },
  ]);
});
