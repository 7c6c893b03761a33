import type { ProtocolName } from '../model/catalog';
import { awsJson } from './aws-json';
import { awsQuery } from './aws-query';
import { ec2Query } from './ec2-query';
import { restJson } from './rest-json';
import { restXml } from './rest-xml';
import type { Protocol } from '../model/wire';

export const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
  awsJson1_0: awsJson('1.0'),
  awsJson1_1: awsJson('1.1'),
  awsQuery,
  ec2Query,
  restJson1: restJson,
  restXml,
};
