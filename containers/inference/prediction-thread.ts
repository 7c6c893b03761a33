import { runPredictionThread } from './predictor.ts';

await runPredictionThread();
