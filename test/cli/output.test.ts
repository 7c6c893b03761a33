import { duration, fields, Output, table } from '../../cli/output';

test('tables align, absent values are dashes', () => {
  const text = table(
    ['NAME', 'N', 'OK'],
    [
      ['a', 1, true],
      ['longer', 20, null],
    ],
  );
  expect(text).toBe('NAME     N  OK\na        1  yes\nlonger  20  –');
  expect(
    fields([
      ['A', 1],
      ['Long', null],
    ]),
  ).toBe('A     1\nLong  –');
});

test.each([
  [9.96, '10.0 s'],
  [125, '2 min 5 s'],
  [7380, '2 h 3 min'],
])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

test.each([true, false])('with json=%s nothing else is written', (json) => {
  let written = '';
  const out = new Output({ isTTY: false, write: (text) => Boolean((written += text)) }, json);
  out.event({ a: 1 }, 'one');
  out.event({ a: 2 });
  expect(written).toBe(json ? '{"a":1}\n{"a":2}\n' : 'one\n');
});
