import { readFileSync } from 'node:fs';
import zlib from 'node:zlib';
import type { CommonOptions, Perform } from '../../cli/command';
import { refusal } from '../../cli/commands/predict';
import { exitCodeOf, explain } from '../../cli/errors';
import { duration, fields, Output, table } from '../../cli/output';
import { buildProgram } from '../../cli/program';
import { requestOf } from '../../cli/request-file';

describe('the command line', () => {
  const parse = async (...argv: string[]) => {
    let asked: { options: CommonOptions; argument: string | undefined } | undefined;
    let errors = '';
    const perform: Perform = async (_, options, argument) => {
      asked = { options, argument };
    };
    const program = buildProgram(perform);
    for (const each of [program, ...program.commands])
      each
        .exitOverride()
        .configureOutput({ writeErr: (text) => (errors += text), writeOut: () => undefined });
    await program.parseAsync(argv, { from: 'user' }).catch(() => undefined);
    return { asked, errors };
  };

  test.each<[string[], object, string?]>([
    [['run'], {}],
    [
      ['run', '--set', 'a.b=1', '--set', 'c=x=y', '--force', '--wait'],
      { set: { 'a.b': '1', c: 'x=y' }, force: true, wait: true },
    ],
    [['runs'], { limit: 10 }],
    [['runs', '--limit', '3', '--json'], { limit: 3, json: true }],
    [['status'], {}],
    [['status', 'r-1', '--watch', '--environment', 'prod'], { watch: true, environment: 'prod' }, 'r-1'],
    [['logs', 'r-1', '--follow'], { follow: true }, 'r-1'],
    [['approve', 'r-1'], {}, 'r-1'],
    [['reject', 'r-1', '--reason', 'too old'], { reason: 'too old' }, 'r-1'],
    [['lineage', 'r-1'], {}, 'r-1'],
    [['traffic', '--variant', 'a=1', '--variant', 'b=0'], { variant: { a: '1', b: '0' } }],
    [['rollback', '--to', 'r-1'], { to: 'r-1' }],
    [['predict', '-'], {}, '-'],
  ])('%j is understood', async (argv, options, ...[argument]) => {
    expect((await parse(...argv)).asked).toEqual({ options, argument });
  });

  test.each([
    [['run', '--set', 'epochs'], /"epochs" is not of the form name=value; write e\.g\. training\.epochs=5/],
    [['run', '--set', 'a=1', '--set', 'a=2'], /"a" stands there twice/],
    [['runs', '--limit', '0'], /"0" is not a whole number from 1 to 100/],
    [['runs', '--limit', '1e1'], /"1e1" is not a whole number/],
    [['logs'], /missing required argument 'RUN'/],
    [['approve'], /missing required argument 'RUN'/],
    [['models', 'extra'], /too many arguments/],
    [['undeploy'], /unknown command 'undeploy'/],
    [['rollback', '--fast'], /unknown option '--fast'/],
  ])('%j is refused', async (argv, message) => {
    const { asked, errors } = await parse(...argv);
    expect(asked).toBeUndefined();
    expect(errors).toMatch(message);
  });

  test('docs/mlops.md describes each command, option and exit code, and no other', () => {
    const page = readFileSync('docs/mlops.md', 'utf8');
    const program = buildProgram(async () => undefined);
    const headings = [...page.matchAll(/^## `mlops (.+)`$/gm)].map(([, usage]) => usage);
    const usages = program.commands.map((each) =>
      [
        each.name(),
        ...each.registeredArguments.map((it) => (it.required ? `<${it.name()}>` : `[${it.name()}]`)),
      ].join(' '),
    );
    expect(headings).toEqual(usages);
    for (const each of program.commands) {
      const section = page.slice(page.indexOf(`## \`mlops ${each.name()}`)).split('\n## ')[0]!;
      const described = [...section.matchAll(/^\| `(--\w+)/gm)].map(([, flag]) => flag);
      const options = each.options.map(({ long }) => long!);
      expect([each.name(), described]).toEqual([
        each.name(),
        options.filter((flag) => flag !== '--json' && flag !== '--environment'),
      ]);
      expect(section).toContain(each.description());
    }
    const codes = (text: string) => [...text.matchAll(/^(?:\| |  )(\d+) /gm)].map(([, code]) => code);
    let help = '';
    program.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(codes(page)).toEqual(codes(help));
  });
});

test.each([
  ['deployed', 0],
  ['nothing-to-do', 0],
  ['rejected', 2],
  ['aborted', 3],
  ['failed', 1],
  ['anything else', 1],
])('a run that ended as %s is exit code %d', (decision, code) => expect(exitCodeOf(decision)).toBe(code));

describe('what is shown', () => {
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

  test.each<[string, string | Buffer, string, string]>([
    ['x.csv', '{', 'text/csv', '{'],
    ['x.JSON', 'a', 'application/json', 'a'],
    ['-', ' {"instances":[]}', 'application/json', ' {"instances":[]}'],
    ['-', '1,2\n', 'text/csv', '1,2\n'],
    ['x.csv', 'a,b\n"x;y",1\n', 'text/csv', 'a,b\n"x;y",1\n'],
    ['x.csv', 'a;b\n1,5;"x,""y"""\n', 'text/csv', 'a,b\n1.5,"x,""y"""\n'],
    ['x.TSV', Buffer.from('a\tb\n1,5\tZo\xeb\n', 'latin1'), 'text/csv', 'a,b\n1.5,Zoë\n'],
    ['x.csv.gz', zlib.gzipSync('1,2\n'), 'text/csv', '1,2\n'],
    ['x.json', '[{"a": 1}]', 'application/json', '{"instances": [{"a": 1}]}'],
    ['x.jsonl', '{"a": 1}\n{"a": 2}\n', 'application/json', '{"instances": [{"a": 1},{"a": 2}]}'],
  ])('the file %s with %j is sent as %s', (file, content, contentType, body) => {
    expect(requestOf(Buffer.from(content), file)).toEqual({ contentType, body });
  });

  test.each<[string, Buffer, string]>([
    ['x.parquet', Buffer.from('PAR1…'), 'FILE is "x.parquet", a Parquet file'],
    ['x.csv.gz', zlib.gzipSync('1,2\n').subarray(0, -4), 'is cut or damaged'],
    ['x.xlsx', Buffer.from('504b0304', 'hex'), 'save the sheet as CSV'],
  ])('%s is not sent', (file, content, message) => {
    expect(() => requestOf(content, file)).toThrow(message);
  });

  test("an answer that is not the API's own is repeated", () => {
    expect(refusal(400, '{"error":{"code":"InvalidInput","message":"no"}}')).toBe(
      'the API answered 400 InvalidInput: no',
    );
    expect(refusal(502, '<html>')).toBe('the API answered 502: <html>');
  });

  test.each([
    [new Error('Region is missing'), /^AWS_REGION is not set; set it/],
    [
      Object.assign(new Error('no\n  way'), { name: 'AccessDeniedException' }),
      /^AccessDeniedException: no way$/,
    ],
    [Object.assign(new Error(''), { name: 'CredentialsProviderError' }), /no AWS credentials/],
  ])('%s is one line', (error, message) => expect(explain(error)).toMatch(message));
});
