import { describe, expect, it } from 'vitest';
import { parseServeOptions } from '../../src/cli/serve-options.ts';

function parse(flags: Readonly<Record<string, string>> = {}): ReturnType<typeof parseServeOptions> {
  const given = new Map(Object.entries(flags).map(([name, value]) => [name, [value]]));
  return parseServeOptions(given, {
    version: '1',
    hostname: 'box',
    exampleConfig: 'example.yml',
    socketsPassed: 0,
    shippedTemplates: [],
    exists: () => false,
  });
}

const standard = {
  ...{ resendDelay: 60_000, forOutageTolerance: 3_600_000, forGracePeriod: 600_000 },
  ...{ allOrNothing: false, allowEmpty: false },
};

describe('flags of rules', () => {
  it("have Prometheus' defaults", () => {
    expect(parse()).toMatchObject({ ok: true, options: { rules: standard } });
  });

  it.each([
    ['rules.alert.resend-delay', '90s', { resendDelay: 90_000 }],
    ['rules.alert.resend-delay', '0', { resendDelay: 0 }],
    ['rules.alert.resend-delay', '0s', { resendDelay: 0 }],
    ['rules.alert.for-outage-tolerance', '1d', { forOutageTolerance: 86_400_000 }],
    ['rules.alert.for-grace-period', '1h30m', { forGracePeriod: 5_400_000 }],
    ['rules.all-or-nothing', 'true', { allOrNothing: true }],
    ['rules.allow-empty', 'true', { allowEmpty: true }],
  ])('take --%s=%s', (name, value, changes) => {
    expect(parse({ [name]: value })).toMatchObject({ ok: true, options: { rules: { ...standard, ...changes } } });
  });

  it.each(['-1m', '1', '1.5m', 'm', '30m1h', ''])("refuse a duration that Prometheus' flags refuse: %j", (value) => {
    const problem = `--rules.alert.resend-delay is ${JSON.stringify(value)}: it must be a duration, as 90s, 15m, 1h30m or 5d`;
    expect(parse({ 'rules.alert.resend-delay': value })).toEqual({ ok: false, problems: [problem] });
  });
});
