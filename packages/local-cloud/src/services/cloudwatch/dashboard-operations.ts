import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import type { Operations } from '../../core/service';
import { dashboardFaults } from './dashboard-body';
import { invalid } from './faults';

const PAGE = 1_000;

interface Dashboard {
  name: string;
  body: string;
  /** Milliseconds since the epoch. */
  modified: number;
}

/** Dashboards: bodies are checked, stored and returned unchanged. This cloud does not render them. */
export function dashboardOperations(cloud: Cloud): Operations<'cloudwatch'> {
  const store = cloud.stores.store<{ dashboards: Record<string, Dashboard> }>(
    'cloudwatch-dashboards',
    () => ({
      dashboards: {},
    }),
  );
  // Global: the ARN has no region.
  const arnOf = (name: string) => `arn:aws:cloudwatch::${cloud.account}:dashboard/${name}`;
  const find = (name: string): Dashboard => {
    const { dashboards } = store.data;
    if (Object.hasOwn(dashboards, name)) return dashboards[name]!;
    throw new ServiceError('DashboardNotFoundError', `Dashboard ${name} does not exist`);
  };

  return {
    async PutDashboard({ DashboardName = '', DashboardBody = '' }) {
      if (!/^[\w-]{1,255}$/.test(DashboardName)) {
        throw invalidBody(
          `The value ${DashboardName} for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).`,
          [],
        );
      }
      const faults = dashboardFaults(DashboardBody);
      if (faults.length > 0) {
        const count = `${faults.length} validation error${faults.length === 1 ? '' : 's'}`;
        const message = `The dashboard body is invalid, there are ${count}:\n${JSON.stringify(faults, null, 2)}`;
        throw invalidBody(message, faults);
      }
      store.data.dashboards[DashboardName] = {
        ...{ name: DashboardName, body: DashboardBody, modified: cloud.clock.now() },
      };
      store.changed();
      return { DashboardValidationMessages: [] };
    },

    async GetDashboard({ DashboardName = '' }) {
      const { name, body } = find(DashboardName);
      return { DashboardName: name, DashboardBody: body, DashboardArn: arnOf(name) };
    },

    async DeleteDashboards({ DashboardNames = [] }) {
      // All of them or none (API reference, DeleteDashboards).
      for (const name of DashboardNames) find(name);
      for (const name of DashboardNames) delete store.data.dashboards[name];
      store.changed();
      return {};
    },

    async ListDashboards({ DashboardNamePrefix = '', NextToken }) {
      const found = Object.values(store.data.dashboards).filter(({ name }) =>
        name.startsWith(DashboardNamePrefix),
      );
      const { items, nextToken } = page(found, ({ name }) => name, PAGE, NextToken, invalid);
      const DashboardEntries = items.map(({ name, body, modified }) => ({
        DashboardName: name,
        DashboardArn: arnOf(name),
        LastModified: new Date(modified),
        Size: Buffer.byteLength(body),
      }));
      return { DashboardEntries, NextToken: nextToken };
    },
  };
}

function invalidBody(
  message: string,
  faults: readonly { dataPath: string; message: string }[],
): ServiceError {
  const dashboardValidationMessages = faults.map((fault) => ({
    DataPath: fault.dataPath,
    Message: fault.message,
  }));
  return new ServiceError('DashboardInvalidInputError', message, {
    members: { dashboardValidationMessages },
  });
}
