import type { colorsOf } from '../../cli/colors';

/** Loads the module anew: picocolors reads the environment when it is loaded. */
function colorsWith(environment: NodeJS.ProcessEnv, isTTY: boolean): ReturnType<typeof colorsOf> {
  const kept = process.env;
  process.env = { PATH: kept.PATH, TERM: 'xterm', ...environment };
  try {
    let colors: ReturnType<typeof colorsOf>;
    jest.isolateModules(() => {
      const module = jest.requireActual<{ colorsOf: typeof colorsOf }>('../../cli/colors');
      colors = module.colorsOf({ isTTY });
    });
    return colors!;
  } finally {
    process.env = kept;
  }
}

test('a file has no colors where CI is set; a terminal has them unless NO_COLOR is set', () => {
  expect(colorsWith({ CI: 'true' }, false).bold('Decision')).toBe('Decision');
  expect(colorsWith({ CI: 'true' }, true).bold('Decision')).toBe('\u001b[1mDecision\u001b[22m');
  expect(colorsWith({ CI: 'true', NO_COLOR: '1' }, true).bold('Decision')).toBe('Decision');
});
