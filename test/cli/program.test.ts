import { readFileSync } from 'node:fs';
import type { CommonOptions, Perform } from '../../cli/command';
import { buildProgram } from '../../cli/program';

describe('the command line', () => {
  const parse = async (...argv: string[]) => {
    let parsed: { options: CommonOptions; argument: string | undefined } | undefined;
    let errors = '';
    const perform: Perform = async (_, options, argument) => {
      parsed = { options, argument };
    };
    const program = buildProgram(perform);
    for (const each of [program, ...program.commands])
      each
        .exitOverride()
        .configureOutput({ writeErr: (text) => (errors += text), writeOut: () => undefined });
    await program.parseAsync(argv, { from: 'user' }).catch(() => undefined);
    return { parsed, errors };
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
    [
      ['predict', '-', '--header', 'Authorization: a b', '--header', 'X-One:1'],
      { header: { authorization: 'a b', 'x-one': '1' } },
      '-',
    ],
  ])('%j is accepted', async (argv, options, ...[argument]) => {
    expect((await parse(...argv)).parsed).toEqual({ options, argument });
  });

  test.each([
    [['run', '--set', 'epochs'], '"epochs"'],
    [['run', '--set', 'a=1', '--set', 'a=2'], '"a"'],
    [['runs', '--limit', '0'], '"0"'],
    [['runs', '--limit', '1e1'], '"1e1"'],
    [['logs'], "'RUN'"],
    [['approve'], "'RUN'"],
    [['models', 'extra'], 'models'],
    [['undeploy'], "'undeploy'"],
    [['rollback', '--fast'], "'--fast'"],
    [['predict', '-', '--header', 'Authorization'], '"Authorization"'],
    [['predict', '-', '--header', 'A: b\r\nC: d'], 'of the form "Name: value"'],
    [['predict', '-', '--header', 'X-Api-Key: k'], '"X-Api-Key" is set by the command itself'],
    [['predict', '-', '--header', 'a: 1', '--header', 'A: 2'], '"A" was given twice'],
  ])('%j is refused', async (argv, value) => {
    const { parsed, errors } = await parse(...argv);
    expect(parsed).toBeUndefined();
    expect(errors).toContain(value);
  });

  test('docs/mlops.md describes every command, option and exit code, and no others', () => {
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
      const described = [...section.matchAll(/^\| `(--[\w-]+)/gm)].map(([, flag]) => flag);
      const options = each.options.map(({ long }) => long!);
      expect([each.name(), described]).toEqual([
        each.name(),
        options.filter((flag) => !['--json', '--environment', '--model'].includes(flag)),
      ]);
      expect(section).toContain(each.description());
    }
    const codes = (text: string) => [...text.matchAll(/^(?:\| |  )(\d+) /gm)].map(([, code]) => code);
    let help = '';
    program.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(codes(page)).toEqual(codes(help));
  });
});
