// One of the two routers compared, as a running process with its load generator: what it costs, and how to fill it.
import { startAlertmanager } from '../support/e2e/alertmanager.ts';
import { startBelfry } from '../support/e2e/belfry.ts';
import type { RouterProcess } from '../support/e2e/router-process.ts';
import { cpuSeconds, residentMegabytes } from './process-cost.ts';
import type { SilenceKind } from './router-alerts.ts';
import { Load, type Posted } from './router-load-channel.ts';

export interface Side {
  readonly name: 'ours' | 'peer';
  /** Of the peer. */
  readonly binary: string;
}

export interface Setting {
  readonly groupWait: string;
  readonly groupInterval: string;
  readonly routes?: readonly object[];
  readonly inhibitRules?: readonly object[];
  readonly args?: readonly string[];
}

/** Groups that never speak while something else is measured. */
export const SILENT: Setting = { groupWait: '1h', groupInterval: '1h' };

const LONGEST_UNREST_MS = 15_000;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class Running implements AsyncDisposable {
  readonly side: Side;
  readonly load: Load;
  readonly router: RouterProcess;

  private constructor(side: Side, load: Load, router: RouterProcess) {
    this.side = side;
    this.load = load;
    this.router = router;
  }

  static async start(side: Side, setting: Setting): Promise<Running> {
    const load = new Load();
    try {
      const config = configText(setting, await load.ask('sink', {}));
      const options = { config, args: setting.args ?? [] };
      const router = side.name === 'ours' ? await startBelfry(options) : await startAlertmanager(side.binary, options);
      return new Running(side, load, router);
    } catch (error) {
      load[Symbol.dispose]();
      throw error;
    }
  }

  /** Seconds of CPU it has used, all its threads, user and system. */
  cpu(): number {
    return cpuSeconds(this.router.pid);
  }

  /** MB */
  rss(): number {
    return residentMegabytes(this.router.pid);
  }

  /** Seconds of CPU that `work` costs, with what it leaves to be done after it. */
  async cpuOf<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly cpu: number }> {
    await this.quiet();
    const before = this.cpu();
    const result = await work();
    await this.quiet();
    return { result, cpu: this.cpu() - before };
  }

  /** Until it uses next to no CPU, or for as long as that is worth waiting for. */
  async quiet(): Promise<void> {
    const start = performance.now();
    for (let calm = 0; calm < 2 && performance.now() - start < LONGEST_UNREST_MS;) {
      const before = this.cpu();
      await sleep(250);
      calm = this.cpu() - before <= 0.02 ? calm + 1 : 0;
    }
  }

  alerts(count: number, { batch = 1000, connections = 1, endsInMs = 900_000 } = {}): Promise<Posted> {
    return this.#whole(this.load.ask('alerts', { url: this.router.url, count, batch, connections, endsInMs }));
  }

  silences(silences: SilenceKind, count: number, { from = 0, connections = 8 } = {}): Promise<Posted> {
    return this.#whole(this.load.ask('silences', { url: this.router.url, silences, from, count, connections }));
  }

  groups(groups: number, size: number): Promise<Posted> {
    return this.#whole(this.load.ask('groups', { url: this.router.url, groups, size }));
  }

  /** Milliseconds until the last byte is here. */
  async get(path: string): Promise<number> {
    const { status, ms } = await this.load.ask('get', { url: this.router.url + path });
    if (status !== 200) throw new Error(`${this.side.name} answered ${status} to GET ${path}`);
    return ms;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.load[Symbol.dispose]();
    await this.router[Symbol.asyncDispose]();
  }

  /** A figure about requests that were refused says nothing. */
  async #whole(posting: Promise<Posted>): Promise<Posted> {
    const posted = await posting;
    if (posted.failed > 0) throw new Error(`${this.side.name} refused ${posted.failed} requests`);
    return posted;
  }
}

function configText(setting: Setting, sink: string): string {
  return JSON.stringify({
    route: {
      receiver: 'sink',
      group_by: ['alertname', 'cluster'],
      group_wait: setting.groupWait,
      group_interval: setting.groupInterval,
      repeat_interval: '4h',
      routes: setting.routes ?? [],
    },
    receivers: [{ name: 'sink', webhook_configs: [{ url: sink }] }],
    inhibit_rules: setting.inhibitRules ?? [],
  });
}
