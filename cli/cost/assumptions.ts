/**
 * Assumptions for what neither the template nor the configuration defines: a small table, and the images of three versions of the code.
 */
export const ASSUMED = {
  storedGb: 1,
  imagesGb: 12,
  logGb: 0.1,
  /** For each run: minutes of each processing job and of training, the Spot price's share, state transitions. */
  processingMinutes: 5,
  trainingMinutes: 15,
  spotShare: 0.35,
  transitions: 60,
  /** For each request: seconds of the function and of a serverless container. */
  functionSeconds: 0.1,
  servingSeconds: 0.05,
};
