/** An SDK input in the form of Step Functions: every member in PascalCase, whatever the service's own case. */
export type PascalCase<T> = { [K in keyof T as K extends string ? Capitalize<K> : K]: PascalCaseValue<T[K]> };
type PascalCaseValue<T> = T extends readonly (infer U)[] ? PascalCase<U>[] : T;
