import {
  describePart,
  endpointFault,
  isWhole,
  missingParts,
  remedyOf,
  type EndpointNow,
  type ModelParts,
} from '../../lib/contract/production';
import type { Challenger, Champion, Restoration, RunPlan } from '../../lib/contract/run';

/** What a run found of the recorded champion. */
export interface Findings {
  readonly champion: Champion;
  readonly challenger: Challenger | null;
  readonly parts: ModelParts;
  /** Undefined for batch predictions. */
  readonly endpoint: FoundEndpoint | undefined;
  /** True if the configuration of the challenger's test exists. */
  readonly testable: boolean;
  /** The newest former champion that is whole; looked up where the champion is not. */
  readonly former: Champion | null;
  /** Names for what must be created under another name. */
  readonly names: Pick<RunPlan['names'], 'model' | 'endpointConfig'>;
}

export interface FoundEndpoint {
  readonly name: string;
  /** Undefined: it does not exist. */
  readonly now: EndpointNow | undefined;
  /** True if it should not exist now, because of its working hours. */
  readonly stopped: boolean;
}

/** The champion as it is, compared with its record. */
export interface Assessment {
  /** Its record as it is once it is restored: with the names that model and configuration have then. */
  readonly champion: Champion | null;
  readonly judgedAgainst: Champion | null;
  /** Null: nothing is to be restored, or it cannot be. */
  readonly restore: Restoration | null;
  readonly warnings: readonly string[];
  /** Why the champion cannot be deployed again; undefined if it can. */
  readonly broken: string | undefined;
  /** Why the endpoint does not serve the champion; undefined if it does. */
  readonly fault: string | undefined;
}

/** The assessment where there is no champion. */
export const NO_CHAMPION: Assessment = {
  ...{ champion: null, judgedAgainst: null, restore: null, warnings: [] },
  ...{ broken: undefined, fault: undefined },
};

/** Compares what should serve with what does, and says how the difference is removed. */
export function assess(findings: Findings): Assessment {
  const { champion, challenger, parts, endpoint, testable, former, names } = findings;
  const missing = missingParts(champion, parts, endpoint !== undefined);
  const gone = missing.filter(({ part }) => part === 'artifact' || part === 'image');
  const model = missing.find(({ part }) => part === 'model');
  const config = missing.find(({ part }) => part === 'configuration');
  const newModel = model?.replaced ?? false;
  // A configuration that names the replaced model keeps its name.
  const newConfig = endpoint !== undefined && (config?.replaced ?? newModel);
  const ownConfig = newConfig ? names.endpointConfig : champion.endpointConfigName;
  const configName = challenger && testable ? challenger.testConfigName : ownConfig;
  const stopped = endpoint?.stopped && !endpoint.now;
  const fault = endpoint && !stopped ? endpointFault(endpoint.name, endpoint.now, [configName]) : undefined;
  const reasons = [...(fault ? [fault] : []), ...missing.map(describePart)];
  if (!isWhole(parts)) {
    const broken = gone.map(describePart).join(', ');
    return {
      ...{ champion, judgedAgainst: former, restore: null, broken, fault },
      warnings: [
        `champion ${champion.runId} cannot be deployed again: ${reasons.join(', ')}; ${gone.map(remedyOf).join('; ')}`,
        former
          ? `the candidate is judged against ${former.runId}, the newest champion that is whole`
          : 'no former champion is whole: the candidate is judged against none',
      ],
    };
  }
  const restore: Restoration | null =
    reasons.length === 0
      ? null
      : {
          ...{ reason: reasons.join(', '), endpoint: fault !== undefined, configName },
          createModel: model !== undefined,
          createConfig: config || newConfig ? ownConfig : null,
          record: newModel || newConfig,
          challenger: challenger?.runId ?? null,
        };
  const modelName = newModel ? names.model : champion.modelName;
  const restored = { ...champion, modelName, endpointConfigName: ownConfig };
  return { champion: restored, judgedAgainst: restored, restore, warnings: [], broken: undefined, fault };
}
