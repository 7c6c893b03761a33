/** The environment that runs on one machine. */
export const ENVIRONMENT = 'local';
