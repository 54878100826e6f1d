// Keys and tokens may be templates: who a message speaks for can depend on what it says.
import type { Outcome } from '../../notify/outcome.ts';
import type { Scene } from '../scene.ts';

/** What `text` gives, or the refusal to send without it. `key` is its name in the configuration. */
export function renderedSecret(scene: Scene, key: string, text: string): string | Outcome {
  const rendered = scene.rendered(text);
  const given = rendered.ok ? rendered.text.trim() : '';
  if (given !== '') return given;
  const detail = `no usable ${key}: ${rendered.ok ? 'it is empty' : rendered.message}`;
  return { kind: 'rejected', reason: 'clientError', detail };
}
