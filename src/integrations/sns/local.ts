// What this machine says about AWS besides keys: the region, and where the services are.
import { httpUrlFault } from '../../outbound/url.ts';
import type { Outcome } from '../../notify/outcome.ts';
import type { Machine, Reader } from '../http/request.ts';
import { endpointOf, type Place } from './endpoint.ts';
import { readProfiles, textOf, type Profile, type Profiles } from './profiles.ts';

export interface Local {
  readonly variable: Reader;
  readonly profiles: Profiles;
  readonly profileName: string;
  /** Somebody named the profile: it has to be there. */
  readonly isNamed: boolean;
  readonly profile: Profile | undefined;
}

/** `named`: the profile of the configuration, or ''. */
export function localOf(machine: Machine, named: string): Local {
  const { variable } = machine;
  const profiles = readProfiles(machine);
  const chosen = named || variable('AWS_PROFILE') || variable('AWS_DEFAULT_PROFILE');
  const profileName = chosen || 'default';
  return { variable, profiles, profileName, isNamed: chosen !== '', profile: profiles.byName.get(profileName) };
}

/** A setting has a variable and a key in the profile. */
export const settingOf = ({ variable, profile }: Local, name: string, key: string): string =>
  variable(name) || textOf(profile, key);

export const isOn = (setting: string): boolean => setting.toLowerCase() === 'true';

/** The one of the configuration before all others. */
export function placeOf(region: string, local: Local): Place | Outcome {
  const { variable, profile, profiles, profileName } = local;
  const found = region || variable('AWS_REGION') || variable('AWS_DEFAULT_REGION') || textOf(profile, 'region');
  if (/^[a-z0-9-]+$/i.test(found)) {
    return {
      region: found,
      useFips: isOn(settingOf(local, 'AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint')),
      useDualStack: isOn(settingOf(local, 'AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint')),
    };
  }
  const looked = `sigv4, AWS_REGION, AWS_DEFAULT_REGION, profile ${JSON.stringify(profileName)} (${profiles.where})`;
  const detail = found === '' ? `no AWS region: looked in ${looked}` : `${JSON.stringify(found)} is no AWS region`;
  return { kind: 'retry', reason: 'other', detail, after: null };
}

/** What a variable or the profile says, else the service's own. */
export function serviceUrl(service: 'sns' | 'sts', place: Place, local: Local): string | Outcome {
  const { variable, profile, profiles } = local;
  const ignored = isOn(settingOf(local, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'ignore_configured_endpoint_urls'));
  const section = profiles.services.get(textOf(profile, 'services'));
  const configured =
    variable(`AWS_ENDPOINT_URL_${service.toUpperCase()}`) ||
    variable('AWS_ENDPOINT_URL') ||
    section?.get(service)?.nested.get('endpoint_url') ||
    textOf(profile, 'endpoint_url');
  if (ignored || configured === '') return endpointOf(service, place);
  const fault = httpUrlFault(configured);
  if (fault === null) return configured;
  return { kind: 'retry', reason: 'other', detail: `no usable endpoint URL of ${service}: ${fault}`, after: null };
}
