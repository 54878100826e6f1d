// The zone a time is shown in. Zones of the tz database come from functions-time.ts, the importer of luxon.

export interface Zone {
  /** As a location prints: UTC, Europe/Berlin, '' for a bare offset. */
  readonly name: string;
  readonly at: (unixSeconds: number) => ZoneState;
}

export interface ZoneState {
  readonly abbreviation: string;
  /** Seconds east of UTC. */
  readonly offset: number;
  readonly isDst: boolean;
}

export const UTC: Zone = { name: 'UTC', at: () => ({ abbreviation: 'UTC', offset: 0, isDst: false }) };

export function fixedZone(name: string, offset: number): Zone {
  const state: ZoneState = { abbreviation: name, offset, isDst: false };
  return { name, at: () => state };
}
