import type { RuleRecorder } from '../../src/ports/rule-recorder.ts';
import type { Recorder } from '../../src/ports/recorder.ts';

/** Listens to nothing but defects. */
export function silentRecorder(defects: unknown[]): Recorder {
  const nothing = (): void => {};
  return {
    started: nothing,
    stopping: nothing,
    configLoaded: nothing,
    timed: (_work, _things, doIt) => doIt(),
    maintained: nothing,
    alertsReceived: nothing,
    alertsInvalid: nothing,
    ingestRefused: nothing,
    suppressed: nothing,
    flushed: nothing,
    notification: nothing,
    attempt: nothing,
    templateFailed: nothing,
    silence: nothing,
    storeFailed: nothing,
    storeRecovered: nothing,
    quarantined: nothing,
    unreadable: nothing,
    defect: (where, error) => void defects.push([where, error]),
  };
}

export const silentRuleRecorder: RuleRecorder = {
  slotsMissed: () => {},
  ruleEvaluated: () => {},
  ruleFailed: () => {},
  templateFailed: () => {},
  transitions: () => {},
  groupEvaluated: () => {},
  readBack: () => {},
  foundNothing: () => {},
  writeRejected: () => {},
  said: () => {},
};
