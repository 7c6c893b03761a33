import type { AvailabilityZone } from '@aws-sdk/client-ec2';
import type { Cloud } from '../../core/cloud';
import type { Operations } from '../../core/service';
import { notSupported, ServiceError } from '../../model/errors';
import { refuseDryRun } from './dry-run';
import { zonesOf } from '../../templates/zones';

/** Values by the name of a filter (API reference, DescribeAvailabilityZones). */
const FILTERS: Readonly<Record<string, (zone: AvailabilityZone) => string | undefined>> = {
  'group-name': ({ GroupName }) => GroupName,
  'network-border-group': ({ NetworkBorderGroup }) => NetworkBorderGroup,
  'opt-in-status': ({ OptInStatus }) => OptInStatus,
  'region-name': ({ RegionName }) => RegionName,
  state: ({ State }) => State,
  'zone-id': ({ ZoneId }) => ZoneId,
  'zone-name': ({ ZoneName }) => ZoneName,
  'zone-type': ({ ZoneType }) => ZoneType,
};

/** The zones of the region, the same as `Fn::GetAZs`. All are available; there are no local or Wavelength zones. */
export function zoneOperations({ region }: Pick<Cloud, 'region'>): Operations<'ec2'> {
  const short = shortName(region);
  const zones: AvailabilityZone[] = zonesOf(region).map((ZoneName, index) => ({
    ...{ ZoneName, ZoneId: `${short}-az${index + 1}`, RegionName: region, ZoneType: 'availability-zone' },
    ...{ GroupName: `${region}-zg-1`, NetworkBorderGroup: region },
    ...{ State: 'available', OptInStatus: 'opt-in-not-required', Messages: [] },
  }));
  const unknown = (what: string, name: string) =>
    new ServiceError('InvalidParameterValue', `Invalid availability ${what}: [${name}]`);
  return {
    async DescribeAvailabilityZones({ ZoneNames = [], ZoneIds = [], Filters = [], DryRun }) {
      refuseDryRun(DryRun);
      const name = ZoneNames.find((each) => !zones.some(({ ZoneName }) => ZoneName === each));
      if (name !== undefined) throw unknown('zone', name);
      const id = ZoneIds.find((each) => !zones.some(({ ZoneId }) => ZoneId === each));
      if (id !== undefined) throw unknown('zone-id', id);
      const AvailabilityZones = zones
        .filter(({ ZoneName }) => ZoneNames.length === 0 || ZoneNames.includes(ZoneName!))
        .filter(({ ZoneId }) => ZoneIds.length === 0 || ZoneIds.includes(ZoneId!))
        .filter((zone) =>
          Filters.every(({ Name = '', Values = [] }) => Values.includes(valueOf(zone, Name))),
        );
      return { AvailabilityZones };
    },
  };
}

function valueOf(zone: AvailabilityZone, filter: string): string {
  const value = FILTERS[filter];
  if (value) return value(zone) ?? '';
  const known = Object.keys(FILTERS).join(', ');
  throw notSupported(`the filter '${filter}' of ec2:DescribeAvailabilityZones`, `Use one of ${known}.`);
}

/** Returns a region as AWS shortens it in ids of zones: `use1-az1` is one of us-east-1's. */
function shortName(region: string): string {
  return region.replace(/north|south|east|west|central|gov/g, (word) => word[0]!).replaceAll('-', '');
}
