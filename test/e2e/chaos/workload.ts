// Clients that never rest: alerts that fire, are sent again and resolve; silences that are set, extended and ended.
// An alert's sender insists until it is answered, as Prometheus does; a person asks once.
import { setTimeout as pause } from 'node:timers/promises';
import type { AlertStory, SilenceStory } from './history.ts';
import type { Random } from './random.ts';

const GROUPS = 24;
const HOUR_MS = 3_600_000;

export class Workload {
  readonly alerts: AlertStory[] = [];
  readonly silences: SilenceStory[] = [];
  /** Answers that are neither 2xx nor the silence of a killed process. */
  readonly unexpected: string[] = [];
  readonly #url: string;
  readonly #random: Random;
  readonly #running = new Set<Promise<void>>();
  #ending = false;

  constructor(url: string, random: Random) {
    this.#url = url;
    this.#random = random;
  }

  /** Until finish(). */
  async run(): Promise<void> {
    for (let turn = 0; !this.#ending; turn++) {
      if (turn % 60 === 0) this.#track(this.#timerLife(turn));
      else this.#track(this.#life(turn));
      await pause(this.#random.between(30, 120));
    }
  }

  /** Nothing new begins; what has begun is answered. */
  async finish(): Promise<void> {
    this.#ending = true;
    await Promise.all(this.#running);
  }

  /** One alert, perhaps a silence for it, until it is resolved or left firing for good. */
  async #life(turn: number): Promise<void> {
    const random = this.#random;
    const alert = this.#newAlert(`w${turn}`, `g${random.integer(1, GROUPS)}`, 'work');
    const silencing = random.chance(0.25);
    const before = silencing && random.chance(0.5);
    if (before) await this.#silenceLife(alert, true);
    await this.#fire(alert);
    if (silencing && !before) this.#track(this.#silenceLife(alert, false));
    const staysFor = random.chance(0.03) ? Infinity : random.pick([300, 1500, 6000, 12_000]) * random.between(0.5, 1.5);
    for (const until = Date.now() + staysFor; Date.now() < until && !this.#ending;) {
      await this.#rest(Math.min(random.between(800, 3000), until - Date.now()));
      if (random.chance(0.5)) await this.#post(alert, Date.now() + HOUR_MS);
    }
    if (staysFor !== Infinity) await this.#resolve(alert);
  }

  /** A group that nobody silences and that always has something new to say: its messages show its timer. */
  async #timerLife(turn: number): Promise<void> {
    const group = `t${turn}`;
    await this.#fire(this.#newAlert(`${group}-keeper`, group, 'timer'));
    for (let count = 0; !this.#ending && count < 40; count++) {
      await this.#rest(this.#random.between(300, 1500));
      await this.#fire(this.#newAlert(`${group}-${count}`, group, 'timer'));
    }
  }

  async #silenceLife(alert: AlertStory, once: boolean): Promise<void> {
    const random = this.#random;
    const story = await this.#createSilence(alert);
    if (once) {
      this.#track(this.#restOfSilence(story));
      return;
    }
    if (random.chance(0.7)) await this.#restOfSilence(story);
  }

  async #restOfSilence(story: SilenceStory): Promise<void> {
    const random = this.#random;
    await this.#rest(random.between(200, 4000));
    if (story.id !== null && random.chance(0.5)) await this.#editSilence(story, story.id);
    await this.#rest(random.between(200, 4000));
    if (story.id !== null && random.chance(0.5)) await this.#expireSilence(story, story.id);
  }

  #newAlert(id: string, group: string, kind: AlertStory['kind']): AlertStory {
    const alert: AlertStory = {
      ...{ id, group, kind, firingAskedAt: Date.now(), firingAckedAt: null },
      ...{ resolveAskedAt: null, resolveAckedAt: null },
    };
    this.alerts.push(alert);
    return alert;
  }

  async #fire(alert: AlertStory): Promise<void> {
    alert.firingAskedAt = Date.now();
    await this.#insist(() => this.#post(alert, Date.now() + HOUR_MS));
    alert.firingAckedAt = Date.now();
  }

  async #resolve(alert: AlertStory): Promise<void> {
    alert.resolveAskedAt = Date.now();
    await this.#insist(() => this.#post(alert, Date.now()));
    alert.resolveAckedAt = Date.now();
  }

  async #insist(ask: () => Promise<boolean>): Promise<void> {
    while (!(await ask())) await pause(this.#random.between(50, 250));
  }

  async #post({ id, group, kind }: AlertStory, endsAt: number): Promise<boolean> {
    const labels = { alertname: 'Chaos', id, group, kind };
    const body = [{ labels, annotations: { summary: `${id} of ${group}` }, endsAt: new Date(endsAt).toISOString() }];
    return (await this.#ask('POST', '/alerts', body)) !== null;
  }

  async #createSilence(alert: AlertStory): Promise<SilenceStory> {
    const random = this.#random;
    const now = Date.now();
    const end = now + (random.chance(0.5) ? random.integer(1000, 8000) : HOUR_MS);
    const story: SilenceStory = {
      ...{ token: `s${this.silences.length}`, alertId: alert.id, id: null, createAskedAt: now, createAckedAt: null },
      ...{ ends: [end], latestEnd: end, earliestEnd: end, expireAskedAt: null, expireAckedAt: null },
    };
    this.silences.push(story);
    const answer = await this.#ask(
      'POST',
      '/silences',
      silenceOf(story, { startsAt: new Date(now).toISOString(), end }),
    );
    if (answer === null) return story;
    story.createAckedAt = Date.now();
    story.id = (JSON.parse(answer) as { readonly silenceID: string }).silenceID;
    return story;
  }

  async #editSilence(story: SilenceStory, id: string): Promise<void> {
    const read = await this.#ask('GET', `/silence/${id}`, null);
    if (read === null) return;
    const known = JSON.parse(read) as { readonly startsAt: string; readonly status: { readonly state: string } };
    const end = Date.now() + this.#random.integer(3000, 20_000);
    // Too near to its end, and the edit would make another silence.
    if (known.status.state !== 'active' || Date.now() > Math.min(...story.ends) - 1500) return;
    const before = story.ends;
    story.ends = [...before, end];
    story.latestEnd = Math.max(story.latestEnd, end);
    story.earliestEnd = Math.min(story.earliestEnd, end);
    const answer = await this.#ask('POST', '/silences', { id, ...silenceOf(story, { startsAt: known.startsAt, end }) });
    if (answer === null) return;
    const { silenceID } = JSON.parse(answer) as { readonly silenceID: string };
    if (silenceID !== id) this.unexpected.push(`the edit of ${id} made ${silenceID}`);
    story.ends = [end];
  }

  async #expireSilence(story: SilenceStory, id: string): Promise<void> {
    story.expireAskedAt = Date.now();
    if ((await this.#ask('DELETE', `/silence/${id}`, null)) !== null) story.expireAckedAt = Date.now();
  }

  /** The body of a 2xx, or null. */
  async #ask(method: string, path: string, body: unknown): Promise<string | null> {
    try {
      const response = await fetch(`${this.#url}/api/v2${path}`, {
        method,
        ...(body === null ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        signal: AbortSignal.timeout(5000),
      });
      const text = await response.text();
      if (response.ok) return text;
      this.unexpected.push(`${method} ${path}: ${response.status} ${text}`);
      return null;
    } catch {
      return null;
    }
  }

  async #rest(ms: number): Promise<void> {
    for (const until = Date.now() + ms; Date.now() < until && !this.#ending;) {
      await pause(Math.max(1, Math.min(100, until - Date.now())));
    }
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }
}

function silenceOf(
  story: SilenceStory,
  { startsAt, end }: { readonly startsAt: string; readonly end: number },
): object {
  return {
    matchers: [{ name: 'id', value: story.alertId, isRegex: false, isEqual: true }],
    ...{ startsAt, endsAt: new Date(end).toISOString(), createdBy: 'chaos', comment: story.token },
  };
}
