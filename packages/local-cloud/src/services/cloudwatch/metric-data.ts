import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { invalid } from './faults';
import { sampleOf, summarised, type Sample } from './samples';

const MAX_VALUES = 150;
const LARGEST = 2 ** 360;
/** Limits of a timestamp's distance from now (API reference, MetricDatum). */
const OLDEST_MS = 14 * 86_400_000;
const NEWEST_MS = 2 * 3_600_000;

/**
 * Rules of the API reference of PutMetricData and MetricDatum that the model does not have.
 *
 * @param now milliseconds since the epoch
 * @throws ServiceError InvalidParameterValueException
 */
export function checkDatum(datum: MetricDatum, now: number): void {
  const { MetricName, Dimensions = [], StorageResolution, Timestamp } = datum;
  for (const { Name = '', Value = '' } of Dimensions) {
    if (!Name.trim() || Name.startsWith(':') || !Value.trim()) {
      throw invalid(
        `The metric ${MetricName} has the dimension '${Name}' = '${Value}': both need a character that is not blank, and a name does not begin with a colon.`,
      );
    }
  }
  if (StorageResolution !== undefined && StorageResolution !== 1 && StorageResolution !== 60) {
    throw invalid(`The metric ${MetricName} has the StorageResolution ${StorageResolution}; it is 1 or 60.`);
  }
  const age = now - (Timestamp?.getTime() ?? now);
  if (age > OLDEST_MS || age < -NEWEST_MS) {
    throw invalid(
      `The metric ${MetricName} has the Timestamp ${Timestamp?.toISOString()}, which must be within the past two weeks and not more than two hours in the future.`,
    );
  }
  checkValues(datum);
}

function checkValues({ MetricName, Value, Values, Counts, StatisticValues }: MetricDatum): void {
  const given = [Value, Values, StatisticValues].filter((each) => each !== undefined).length;
  if (given !== 1) {
    throw invalid(
      `The metric ${MetricName} must have exactly one of Value, Values and StatisticValues, not ${given}.`,
    );
  }
  if (Values?.length === 0) throw invalid(`The metric ${MetricName} has an empty list of Values.`);
  if (Values && Values.length > MAX_VALUES) {
    throw invalid(`The metric ${MetricName} has ${Values.length} Values, at most ${MAX_VALUES} are allowed.`);
  }
  if (Counts && Counts.length !== Values?.length) {
    throw invalid(`The metric ${MetricName} has ${Values?.length ?? 0} Values and ${Counts.length} Counts.`);
  }
  const badCount = [...(Counts ?? []), StatisticValues?.SampleCount ?? 1].find((count) => !(count > 0));
  if (badCount !== undefined) {
    throw invalid(`The metric ${MetricName} has the count ${badCount}; counts are above 0.`);
  }
  const { Sum, Minimum, Maximum } = StatisticValues ?? {};
  const numbers = [Value ?? [], Values ?? [], Sum ?? [], Minimum ?? [], Maximum ?? []].flat();
  const bad = numbers.find((number) => !Number.isFinite(number) || Math.abs(number) > LARGEST);
  if (bad !== undefined)
    throw invalid(`The value ${bad} of the metric ${MetricName} is not within -2^360 to 2^360.`);
}

/** Returns the sample of a checked datum. */
export function sampleOfDatum({ Value, Values = [], Counts, StatisticValues }: MetricDatum): Sample {
  if (StatisticValues) {
    const { Sum, Minimum, Maximum, SampleCount } = StatisticValues;
    return summarised(Sum!, Minimum!, Maximum!, SampleCount!);
  }
  return Value === undefined ? sampleOf(Values, Counts) : sampleOf([Value]);
}
