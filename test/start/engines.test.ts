import { requireFolders } from '../../start/missing-packages';
import { builtIn, byTransform, prebuilt } from '../templates/support/variants';

test('the process engine refuses prebuilt images before anything is started, and names the engine that runs them', () => {
  const message = (config: Parameters<typeof requireFolders>[0]) => {
    try {
      requireFolders(config, 'process');
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(message(byTransform)).toBeUndefined();
  expect(message(prebuilt)!.split('\n')).toHaveLength(4);
  expect(message(builtIn)).toMatch(
    /^programs\.train is {"builtIn":"xgboost","version":"3\.0-5"}, a prebuilt image.*\n.*\n.*--engine docker$/,
  );
  expect(() => requireFolders(builtIn, 'docker')).not.toThrow();
});
