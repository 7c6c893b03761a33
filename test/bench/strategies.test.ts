import { benchConfig, STRATEGIES, type StrategyName } from '../../bench/strategies';
import { validateConfig } from '../../lib/config';

test.each(Object.keys(STRATEGIES) as StrategyName[])('%s is measured with a valid configuration', (name) => {
  expect(validateConfig(benchConfig(name)).endpoint.deployment.strategy).toBe(name);
});
