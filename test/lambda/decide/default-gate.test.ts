import type { GateSettings } from '../../../lib/contract/gate';
import type { Evaluation } from '../../../lambda/decide/evaluation';
import { decide, gate, estimate, alone, trained } from './gate-evaluation';

describe('the gate that fits the data', () => {
  const fitting: GateSettings = { ...gate, metrics: null };

  test('requires accuracy if no class is rare', () => {
    const decision = decide(alone(0.84), trained(), fitting);
    expect(decision).toMatchObject({ accepted: false, headline: { name: 'accuracy' } });
    expect(decide(alone(0.9), trained(), fitting).accepted).toBe(true);
  });

  test('requires average precision if a class has less than a tenth of the rows', () => {
    const rare = {
      ...alone(0.95, { averagePrecision: estimate(0.4, [0.2, 0.6]) }),
      naive: { description: 'always "no"', metrics: { averagePrecision: estimate(0.05) } },
      advantages: { averagePrecision: estimate(0.35, [0.15, 0.5]) },
      labels: { no: 91, yes: 9 },
    };
    const decision = decide(rare, trained(), fitting);
    expect(decision).toMatchObject({ accepted: true, headline: { name: 'averagePrecision', naive: 0.05 } });
    expect(decision.reason).toMatch(/"yes".*9\.0 %.*averagePrecision/);
    const none = { ...rare, advantages: { averagePrecision: estimate(0.01, [-0.01, 0.05]) } };
    expect(decide(none, trained(), fitting).accepted).toBe(false);
    expect(decide({ ...rare, labels: { no: 90, yes: 10 } }, trained(), fitting).headline.name).toBe(
      'accuracy',
    );
    // Ten classes of ten rows each: none is rare.
    const even = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`class ${index}`, 10]));
    expect(decide({ ...rare, labels: even }, trained(), fitting).headline.name).toBe('accuracy');
    const uneven = { ...even, 'class 0': 16, 'class 9': 4 };
    expect(decide({ ...rare, labels: uneven }, trained(), fitting).headline.name).toBe('averagePrecision');
  });

  const numbers: Evaluation = {
    ...alone(0.9),
    task: 'regression',
    naive: { description: 'always the mean', metrics: { r2: estimate(0) } },
    candidate: { version: 'c', metrics: { rmse: estimate(200), r2: estimate(0.7, [0.6, 0.8]) } },
    advantages: { r2: estimate(0.7, [0.6, 0.8]) },
    agreement: { rows: 80, metrics: { rmse: 200 } },
    labels: undefined,
  };

  test.each([
    [200.19, true],
    [200.21, false],
  ])('requires R² for numbers; training and serving agree within a share: %s is %s', (rmse, accepted) => {
    const decision = decide(numbers, [{ MetricName: 'validation:rmse', Value: rmse }], fitting);
    expect(decision).toMatchObject({ accepted, headline: { name: 'r2' } });
  });
});
