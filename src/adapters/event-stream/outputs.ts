// The outputs of a configuration. One that cannot be opened does not keep the others from it.
import type { EventRecorderConfig } from '../../config/config.ts';
import { messageOf } from '../../model/error-message.ts';
import { logSink, type LogSink } from '../log-sink.ts';
import { FileOutput } from './file-output.ts';
import type { EventOutput } from './output.ts';
import { StdoutOutput } from './stdout-output.ts';
import { WebhookOutput, type WebhookParts } from './webhook-output.ts';

export interface OpenedOutputs {
  readonly outputs: readonly EventOutput[];
  readonly failures: readonly { readonly name: string; readonly why: string }[];
}

const STDOUT = 1;

export class Outputs {
  readonly #parts: WebhookParts;
  /** The one there is, for as many outputs as are configured. */
  #stdout: LogSink | null = null;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
  }

  async open({ files, stdouts, webhooks }: EventRecorderConfig): Promise<OpenedOutputs> {
    const outputs: EventOutput[] = [];
    const failures: OpenedOutputs['failures'][number][] = [];
    for (const path of files) {
      try {
        outputs.push(await FileOutput.open(path));
      } catch (error) {
        failures.push({ name: `file:${path}`, why: messageOf(error) });
      }
    }
    for (const config of webhooks) outputs.push(new WebhookOutput(config, this.#parts));
    for (let i = 0; i < stdouts; i++) outputs.push(new StdoutOutput((this.#stdout ??= logSink(STDOUT))));
    return { outputs, failures };
  }

  /** What they share. */
  async close(enough: AbortSignal): Promise<void> {
    await this.#stdout?.close(enough);
  }
}
