import { chooseEnvironment, isLocal, predictUrl, type Outputs } from '../../cli/environment';

describe('the environment', () => {
  const local = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4577' };
  test.each([
    [undefined, {}, 'dev'],
    [undefined, local, 'local'],
    [undefined, { AWS_ENDPOINT_URL: 'https://vpce.example.com' }, 'dev'],
    [undefined, { ...local, MLOPS_ENVIRONMENT: 'stage' }, 'stage'],
    ['prod', { MLOPS_ENVIRONMENT: 'stage' }, 'prod'],
  ])('flag %s with %j is %s', (flag, variables, environment) => {
    expect(chooseEnvironment(flag, variables)).toBe(environment);
  });

  test.each([
    ['Dev', {}, '--environment is "Dev"'],
    ['', {}, '--environment is ""'],
    [undefined, { MLOPS_ENVIRONMENT: 'a b' }, 'MLOPS_ENVIRONMENT is "a b"'],
  ])('flag %j with %j is refused', (flag, variables, message) => {
    expect(() => chooseEnvironment(flag, variables)).toThrow(message);
  });

  test.each([
    ['http://localhost:1', true],
    ['http://[::1]:1', true],
    ['http://127.0.0.2', true],
    ['http://127.0.0.1.example.com', false],
    ['nonsense', false],
  ])('%s is this machine: %s', (AWS_ENDPOINT_URL, expected) => {
    expect(isLocal({ AWS_ENDPOINT_URL })).toBe(expected);
  });

  test('predictions go to the output’s URL in AWS, and to MLOPS_API_URL on the local cloud', () => {
    const outputs = { PredictUrl: 'https://abc.execute-api.eu-west-1.amazonaws.com/v1/predict' } as Outputs;
    expect(predictUrl(outputs, {})).toBe(outputs.PredictUrl);
    const url = predictUrl(outputs, { ...local, MLOPS_API_URL: 'http://127.0.0.1:8788' });
    expect(url).toBe('http://127.0.0.1:8788/abc/v1/predict');
    expect(() => predictUrl(outputs, local)).toThrow('MLOPS_API_URL is ""');
  });
});
