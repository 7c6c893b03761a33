import type { DomainName as ShownDomain } from '@aws-sdk/client-api-gateway';
import { notSupported, ServiceError } from '../../../model/errors';
import { page } from '../../../core/paging';
import type { Operations } from '../../../core/service';
import { checkTls } from './domains';
import { badRequest, found, PAGE, refuse } from './requests';
import { newId, NO_BASE_PATH, type ApiGatewayState, type Domain, type Mapping } from './state';

/** Members of domain names that would change who is served, or how. */
const REFUSED = [
  ...['certificateBody', 'certificateChain', 'certificateName', 'certificatePrivateKey'],
  ...['mutualTlsAuthentication', 'ownershipVerificationCertificateArn', 'policy', 'regionalCertificateName'],
];

/** Operations on custom domain names of REGIONAL APIs, and on their base path mappings. */
export function domainOperations(state: ApiGatewayState): Operations<'apigateway'> {
  /** Checks that a mapping's API and stage exist. */
  function check({ restApiId, stage }: Pick<Mapping, 'restApiId' | 'stage'>): void {
    state.api(restApiId);
    if (stage !== undefined) state.stage(restApiId, stage);
  }

  function mapping(domainName: string | undefined, basePath: string | undefined): Mapping {
    const message = 'Invalid base path mapping identifier specified';
    return found(state.domain(domainName).mappings[basePath || NO_BASE_PATH], message);
  }

  const show = ({ uploaded, mappings: _mappings, ...domain }: Domain): ShownDomain => ({
    ...domain,
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
    domainNameArn: `arn:aws:apigateway:${state.cloud.region}::/domainnames/${domain.domainName}`,
    certificateUploadDate: new Date(uploaded),
    endpointConfiguration: { types: ['REGIONAL'] },
    domainNameStatus: 'AVAILABLE',
  });

  return {
    async CreateDomainName(input) {
      refuse(input, REFUSED);
      const { domainName = '', regionalCertificateArn = '', endpointAccessMode, tags = {} } = input;
      const [type = 'EDGE'] = input.endpointConfiguration?.types ?? [];
      if (type !== 'REGIONAL') throw notSupported(`${type} domain names of API Gateway`, 'Choose REGIONAL.');
      if (input.routingMode !== undefined && input.routingMode !== 'BASE_PATH_MAPPING_ONLY')
        throw notSupported(`the routingMode ${input.routingMode}`, 'Use base path mappings.');
      // The message is that of https://github.com/anomalyco/sst/issues/4131.
      if (input.certificateArn !== undefined)
        throw badRequest('Cannot import certificates for EDGE while REGIONAL is active.');
      const name = domainName.toLowerCase();
      if (Object.hasOwn(state.domains, name))
        throw badRequest('The domain name you provided already exists.');
      const domain: Domain = {
        ...{ domainName: name, regionalCertificateArn, endpointAccessMode, tags },
        regionalDomainName: `d-${newId(10)}.execute-api.${state.cloud.region}.amazonaws.com`,
        // "The default" of REGIONAL names: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
        securityPolicy: input.securityPolicy ?? 'TLS_1_2',
        uploaded: state.cloud.clock.now(),
        mappings: {},
      };
      checkCertificate(state, domain);
      checkTls(domain);
      state.domains[name] = domain;
      state.changed();
      return show(domain);
    },

    async GetDomainName({ domainName }) {
      return show(state.domain(domainName));
    },

    async GetDomainNames({ limit = PAGE, position }) {
      const all = Object.values(state.domains);
      const { items, nextToken } = page(all, ({ domainName }) => domainName, limit, position, badRequest);
      return { items: items.map(show), position: nextToken };
    },

    async UpdateDomainName({ domainName, patchOperations = [] }) {
      const domain = { ...state.domain(domainName) };
      for (const { op, path = '', value } of patchOperations) {
        if (
          op !== 'replace' ||
          !/^\/(regionalCertificateArn|securityPolicy|endpointAccessMode)$/.test(path)
        ) {
          throw notSupported(
            `the patch op '${op}' on ${path} of a domain name`,
            'Replace /regionalCertificateArn, /securityPolicy or /endpointAccessMode.',
          );
        }
        Object.assign(domain, { [path.slice(1)]: value });
      }
      checkCertificate(state, domain);
      checkTls(domain);
      state.domains[domain.domainName] = domain;
      state.changed();
      return show(domain);
    },

    async DeleteDomainName({ domainName }) {
      delete state.domains[state.domain(domainName).domainName];
      state.changed();
      return {};
    },

    async CreateBasePathMapping({ domainName, restApiId = '', stage, ...input }) {
      const { mappings } = state.domain(domainName);
      const basePath = input.basePath || NO_BASE_PATH;
      if (!/^(\(none\)|[\w.~!$&'()*+,;=:@-]+)$/.test(basePath)) {
        const rule = 'it is one part of a path, without a slash';
        throw badRequest(`Invalid base path '${basePath}': ${rule}`);
      }
      // https://github.com/aws/aws-extensions-for-dotnet-cli/issues/102
      if (Object.hasOwn(mappings, basePath))
        throw new ServiceError('ConflictException', 'Base path already exists for this domain name');
      // https://github.com/amplify-education/serverless-domain-manager/issues/179
      if ([basePath, ...Object.keys(mappings)].includes(NO_BASE_PATH) && Object.keys(mappings).length > 0) {
        const message = 'Only one base path mapping is allowed if the base path is empty.';
        throw new ServiceError('ConflictException', message);
      }
      const made: Mapping = { basePath, restApiId, stage: stage || undefined };
      check(made);
      mappings[basePath] = made;
      state.changed();
      return made;
    },

    async GetBasePathMapping({ domainName, basePath }) {
      return mapping(domainName, basePath);
    },

    async GetBasePathMappings({ domainName, limit = PAGE, position }) {
      const all = Object.values(state.domain(domainName).mappings);
      const { items, nextToken } = page(all, ({ basePath }) => basePath, limit, position, badRequest);
      return { items, position: nextToken };
    },

    async UpdateBasePathMapping({ domainName, basePath, patchOperations = [] }) {
      const { mappings } = state.domain(domainName);
      const changed = { ...mapping(domainName, basePath) };
      for (const { op, path, value } of patchOperations) {
        if (op === 'replace' && path === '/restapiId') changed.restApiId = value ?? '';
        else if (op === 'replace' && path === '/stage') changed.stage = value || undefined;
        else {
          const fix = 'Replace /restapiId or /stage.';
          throw notSupported(`the patch op '${op}' on ${path} of a base path mapping`, fix);
        }
      }
      check(changed);
      mappings[changed.basePath] = changed;
      state.changed();
      return changed;
    },

    async DeleteBasePathMapping({ domainName, basePath }) {
      const { basePath: known } = mapping(domainName, basePath);
      delete state.domain(domainName).mappings[known];
      state.changed();
      return {};
    },
  };
}

/**
 * Checks the certificate's region, which is all that can be checked: this cloud has no certificates. The message is that
 * of https://github.com/amplify-education/serverless-domain-manager/pull/49.
 */
function checkCertificate({ cloud }: ApiGatewayState, { regionalCertificateArn: arn }: Domain): void {
  const [, region] = /^arn:aws[a-z-]*:acm:([a-z0-9-]+):\d{12}:certificate\/.+$/.exec(arn) ?? [];
  if (region === cloud.region) return;
  throw badRequest(`Invalid certificate ARN: ${arn}. Certificate must be in '${cloud.region}'.`);
}
