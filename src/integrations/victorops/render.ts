// An alert for VictorOps. Its URL carries the key and whom it is routed to.
import { goJson } from '../../model/go-json.ts';
import { cutRunes } from '../../notify/cut-text.ts';
import { groupHash } from '../../notify/group-hash.ts';
import type { Outcome } from '../../notify/outcome.ts';
import type { HttpConfig, SecretSource } from '../../outbound/http-config.ts';
import { escapePath } from '../../template/escape-text.ts';
import { refusedDraft, type Draft } from '../draft.ts';
import { byJson, jsonAnswer, refusedInJson } from '../http/judge-json.ts';
import { jsonPost, type HttpAnswer } from '../http/request.ts';
import type { Scene } from '../scene.ts';

export interface VictoropsValues {
  readonly httpConfig: HttpConfig;
  readonly apiKey: SecretSource;
  readonly apiUrl: string;
  readonly routingKey: string;
  readonly messageType: string;
  readonly stateMessage: string;
  readonly entityDisplayName: string;
  readonly monitoringTool: string;
  readonly customFields: ReadonlyMap<string, string>;
}

const LONGEST_MESSAGE = 20_480;

export function renderVictorops(values: VictoropsValues, scene: Scene): Draft {
  const route = scene.address(values.routingKey).split('/');
  // A URL with them leads elsewhere.
  if (route.some((part) => part === '.' || part === '..'))
    return refusedDraft('routing_key comes out as a path upwards');
  const fields = new Map([
    ['message_type', typeOf(values, scene)],
    ['entity_id', groupHash(scene.message)],
    ['entity_display_name', scene.text(values.entityDisplayName)],
    ['state_message', cutRunes(scene.body(values.stateMessage), LONGEST_MESSAGE)],
    ['monitoring_tool', scene.text(values.monitoringTool)],
    ...[...values.customFields].map(([name, text]) => [name, scene.text(text)] as const),
  ]);
  return {
    kind: 'http',
    request: {
      http: values.httpConfig,
      timeout: null,
      secrets: { api_key: values.apiKey },
      write: (secret) => {
        const path = [...secret('api_key').split('/'), ...route].map(escapePath).join('/');
        return jsonPost(values.apiUrl + path, `${goJson(fields)}\n`);
      },
      judge,
    },
  };
}

/** Of a firing message what is configured, if VictorOps knows it. */
function typeOf({ messageType }: VictoropsValues, scene: Scene): string {
  if (scene.message.status === 'resolved') return 'RECOVERY';
  const type = scene.text(messageType);
  return ['INFO', 'WARNING', 'CRITICAL'].includes(type) ? type : 'CRITICAL';
}

const judge = (answer: HttpAnswer): Outcome | null => {
  const outcome = byJson(answer);
  const isRefused = outcome.kind === 'delivered' && jsonAnswer(answer).get('result') === 'failure';
  return isRefused ? refusedInJson(answer) : outcome;
};
