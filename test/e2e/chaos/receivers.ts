// Configurations of one route whose receiver has a webhook per name.
export interface Timers {
  readonly group_wait: string;
  readonly group_interval: string;
}

/** By name, only for the reader: where to. */
export function urlsOf(urls: Readonly<Record<string, string>>, { group_wait, group_interval }: Timers): string {
  return `
route:
  receiver: all
  group_by: [alertname]
  group_wait: ${group_wait}
  group_interval: ${group_interval}
  repeat_interval: 1h
receivers:
  - name: all
    webhook_configs:
${Object.values(urls)
  .map((url) => `      - url: '${url}'`)
  .join('\n')}
`;
}
