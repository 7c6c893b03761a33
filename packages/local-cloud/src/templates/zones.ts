/**
 * Returns the availability zones of a region, as `Fn::GetAZs` lists them. AWS has at least three in all but a few
 * regions.
 */
export function zonesOf(region: string): string[] {
  return ['a', 'b', 'c'].map((letter) => `${region}${letter}`);
}
