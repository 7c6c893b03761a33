import { parseFlags } from '../../start/flags';

describe('flags', () => {
  test('without any, the sample data', () => {
    expect(parseFlags([])).toMatchObject({
      once: false,
      keep: false,
      set: {},
      force: false,
      interruptTraining: 0,
    });
  });

  test('settings add up', () => {
    const { set } = parseFlags(['--set', 'training.epochs=5', '--set', 'training.seed=2']);
    expect(set).toEqual({ 'training.epochs': '5', 'training.seed': '2' });
  });

  test('thresholds add up', () => {
    expect(parseFlags(['--gate', 'accuracy=0.75', '--gate', 'logLoss=0.4']).gate).toBe(
      'accuracy=0.75,logLoss=0.4',
    );
  });

  test.each([
    [
      ['--gate', 'acuracy=0.7'],
      /gate "acuracy=0.7" is not of the form metric=threshold.*metrics are accuracy, /,
    ],
    [['--gate', 'accuracy'], /gate "accuracy" is not of the form/],
    [['--set', 'epochs'], /"epochs" is not of the form name=value/],
    [['--interrupt-training', '-1'], /"-1" is not a whole number from 0 to 20/],
    [['--port', '70000'], /"70000" is not a whole number from 0 to 65535/],
    [['--once', '--keep'], /cannot be used with/],
    [['--fast'], /unknown option '--fast'/],
    [['extra'], /too many arguments/],
  ])('%j is refused', (argv, message) => {
    const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const exit = jest.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('exit');
    });
    try {
      expect(() => parseFlags(argv)).toThrow('exit');
      expect(exit).toHaveBeenCalledWith(1);
      expect(written.mock.calls.join('')).toMatch(message);
    } finally {
      written.mockRestore();
      exit.mockRestore();
    }
  });
});
