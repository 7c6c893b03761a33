import type { ServiceQuotas } from '@aws-sdk/client-service-quotas';
import type { Cloud } from '../../core/cloud';
import type { Service, ServiceDefinition } from '../../core/service';
import { ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import { Quotas, type Quota } from './quotas';

const SERVICE = { ServiceCode: 'sagemaker', ServiceName: 'Amazon SageMaker' };
const PAGE = 100;

/** Service Quotas: SageMaker's quotas for instances, read-only. They are set when the cloud is started. */
function create(cloud: Cloud): Service<'servicequotas'> {
  const quotas = cloud.part(Quotas);
  return {
    permissions: {
      ListServiceQuotas: () => ({ action: 'servicequotas:ListServiceQuotas', resources: ['*'] }),
      GetServiceQuota: ({ ServiceCode = '', QuotaCode = '' }) => ({
        action: 'servicequotas:GetServiceQuota',
        resources: [cloud.arn('servicequotas', `${ServiceCode}/${QuotaCode}`)],
      }),
    },
    operations: {
      async ListServiceQuotas({ ServiceCode = '', MaxResults = PAGE, NextToken }) {
        known(ServiceCode);
        const badToken = (message: string) => new ServiceError('InvalidPaginationTokenException', message);
        const { items, nextToken } = page(quotas.list(), ({ code }) => code, MaxResults, NextToken, badToken);
        return { Quotas: items.map((quota) => describe(cloud, quota)), NextToken: nextToken };
      },

      async GetServiceQuota({ ServiceCode = '', QuotaCode = '' }) {
        known(ServiceCode);
        const quota = quotas.find(QuotaCode);
        if (quota) return { Quota: describe(cloud, quota) };
        throw new ServiceError('NoSuchResourceException', 'The specified quota does not exist.');
      },
    },
  };
}

function known(serviceCode: string): void {
  if (serviceCode === SERVICE.ServiceCode) return;
  throw new ServiceError(
    'NoSuchResourceException',
    `The specified service ${serviceCode} does not exist; use sagemaker.`,
  );
}

function describe(cloud: Cloud, { name, code, value }: Quota) {
  return {
    ...SERVICE,
    QuotaArn: cloud.arn('servicequotas', `sagemaker/${code}`),
    QuotaCode: code,
    QuotaName: name,
    Value: value,
    Unit: 'None',
    Adjustable: true,
    GlobalQuota: false,
  };
}

export const serviceQuotas: ServiceDefinition<'servicequotas'> = {
  id: 'servicequotas',
  facts: {
    package: '@aws-sdk/client-service-quotas',
    signingName: 'servicequotas',
    iamPrefix: 'servicequotas',
    protocol: 'awsJson1_1',
    target: 'ServiceQuotasV20190624',
    invalidInput: 'IllegalArgumentException',
  },
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    servicequotas: ServiceQuotas;
  }
}

declare module '../../core/service' {
  interface Settings {
    /** Values of quotas by name; 20 of each other. */
    servicequotas?: Readonly<Record<string, number>>;
  }
}
