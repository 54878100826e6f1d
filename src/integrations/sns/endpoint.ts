// Where AWS's services are: by region, its partition of the internet, and whether FIPS or IPv6 is asked for.
export interface Place {
  readonly region: string;
  readonly useFips: boolean;
  readonly useDualStack: boolean;
}

interface Partition {
  /** What the names of its regions begin with. */
  readonly prefix: string;
  readonly domain: string;
  readonly dualStackDomain: string;
}

const PARTITIONS: readonly Partition[] = [
  { prefix: 'cn-', domain: 'amazonaws.com.cn', dualStackDomain: 'api.amazonwebservices.com.cn' },
  { prefix: 'us-gov-', domain: 'amazonaws.com', dualStackDomain: 'api.aws' },
  { prefix: 'eusc-', domain: 'amazonaws.eu', dualStackDomain: 'api.amazonwebservices.eu' },
  { prefix: 'us-iso-', domain: 'c2s.ic.gov', dualStackDomain: 'api.aws.ic.gov' },
  { prefix: 'us-isob-', domain: 'sc2s.sgov.gov', dualStackDomain: 'api.aws.scloud' },
  { prefix: 'eu-isoe-', domain: 'cloud.adc-e.uk', dualStackDomain: 'api.cloud-aws.adc-e.uk' },
  { prefix: 'us-isof-', domain: 'csp.hci.ic.gov', dualStackDomain: 'api.aws.hci.ic.gov' },
  { prefix: '', domain: 'amazonaws.com', dualStackDomain: 'api.aws' },
];

export function endpointOf(service: 'sns' | 'sts', { region, useFips, useDualStack }: Place): string {
  const { prefix, domain, dualStackDomain } = PARTITIONS.find((partition) => region.startsWith(partition.prefix))!;
  // GovCloud's are FIPS endpoints without saying so.
  const saysFips = useFips && (useDualStack || prefix !== 'us-gov-');
  return `https://${service}${saysFips ? '-fips' : ''}.${region}.${useDualStack ? dualStackDomain : domain}/`;
}
