import { ACCOUNT_RATE } from './throttle';
import type { Operations } from '../../../core/service';
import { assertMayLog } from './logging-role';
import { badRequest } from './requests';
import { type ApiGatewayState } from './state';

/** Operations on the settings of the account in its region. */
export function accountOperations(state: ApiGatewayState): Operations<'apigateway'> {
  const show = () => ({
    cloudwatchRoleArn: state.data.cloudwatchRoleArn,
    throttleSettings: ACCOUNT_RATE,
    features: ['UsagePlans'],
  });

  return {
    async GetAccount() {
      return show();
    },

    async UpdateAccount({ patchOperations = [] }) {
      for (const { op, path, value } of patchOperations) {
        if (path !== '/cloudwatchRoleArn' || (op !== 'replace' && op !== 'remove')) {
          throw badRequest(
            `Invalid patch: op '${op}', path '${path}'; use replace or remove of /cloudwatchRoleArn`,
          );
        }
        const role = op === 'replace' ? value : undefined;
        if (role && !/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(role)) {
          throw badRequest(`Invalid role ARN '${role}'; it looks like arn:aws:iam::123456789012:role/Name`);
        }
        if (role) assertMayLog(state.cloud, role);
        state.data.cloudwatchRoleArn = role || undefined;
      }
      state.changed();
      return show();
    },
  };
}
